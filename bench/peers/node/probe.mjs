// probe COUNT OUTSTANDING ADDRESS PORT: COUNT TCP connects by Node's own net.connect, which cannot bind to a link.

import { connect } from 'node:net'

const [count, outstanding, host, port] = process.argv.slice(2)
const startedMs = performance.now()
let started = 0
let ended = 0
let connected = 0

function start() {
  started += 1
  const socket = connect({ host, port: Number(port) })
  let counted = false
  const end = (ok) => {
    if (counted) return
    counted = true
    connected += ok ? 1 : 0
    ended += 1
    socket.destroy()
    if (started < Number(count)) start()
    else if (ended === Number(count)) {
      process.stdout.write(`${JSON.stringify({ ms: performance.now() - startedMs, connected })}\n`)
    }
  }
  // The listener resets what it accepted; that may come before we look.
  socket.on('connect', () => end(true)).on('error', (error) => end(error.code === 'ECONNRESET'))
}

for (let i = 0; i < Math.min(Number(outstanding), Number(count)); i += 1) start()
