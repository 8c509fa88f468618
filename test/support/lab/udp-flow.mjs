// One end of a flow of a thousand datagrams a second. Prints a line for each thing that a test waits for.
// Arguments: send ADDRESS PORT SECONDS | receive ADDRESS PORT. The sender prints `sending`, then `sent N`; the receiver `ready`, then
// `count N` whenever N has grown. Neither outlives LIFE_MS.

import { createSocket } from 'node:dgram'

const [mode, address, port, seconds] = process.argv.slice(2)
const PER_MS = 1
const REPORT_MS = 20
const LIFE_MS = 60_000

const socket = createSocket('udp4')
setTimeout(() => process.exit(0), LIFE_MS)

function receive() {
  let count = 0
  let told = 0
  socket.on('message', () => {
    count += 1
  })
  socket.bind(Number(port), address, () => process.stdout.write('ready\n'))
  setInterval(() => {
    if (count === told) return
    told = count
    process.stdout.write(`count ${count}\n`)
  }, REPORT_MS)
}

// What a late timer has missed is made up for at once: the rate holds on a busy machine.
function send() {
  const startMs = performance.now()
  let sent = 0
  process.stdout.write('sending\n')
  const timer = setInterval(() => {
    const elapsedMs = Math.min(performance.now() - startMs, Number(seconds) * 1_000)
    while (sent < elapsedMs * PER_MS) {
      socket.send('x', Number(port), address, () => undefined)
      sent += 1
    }
    if (elapsedMs < Number(seconds) * 1_000) return
    clearInterval(timer)
    process.stdout.write(`sent ${sent}\n`)
  }, 1)
}

if (mode === 'send') send()
else receive()
