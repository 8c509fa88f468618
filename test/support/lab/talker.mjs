// A program with a TCP connection of its own: sends a byte twenty times a second, for a minute at most, and reads what comes.
// Arguments: ADDRESS PORT. Prints `talking` when the first byte has come back.

import { connect } from 'node:net'

const [host, port] = process.argv.slice(2)
const PAUSE_MS = 50
const LIFE_MS = 60_000

const socket = connect({ host, port: Number(port) }, () => {
  const timer = setInterval(() => socket.write('x'), PAUSE_MS)
  setTimeout(() => {
    clearInterval(timer)
    socket.end()
  }, LIFE_MS)
})
socket.once('data', () => process.stdout.write('talking\n'))
socket.resume()
