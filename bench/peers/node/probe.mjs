// probe COUNT OUTSTANDING ADDRESS PORT: COUNT TCP connects by Node's own net.connect, which cannot bind to a link; twice, as
// a program that has run for a while. Prints the second time.

import { connect } from 'node:net'

const [count, outstanding, host, port] = process.argv.slice(2)

function probeAll() {
  const startedMs = performance.now()
  let started = 0
  let ended = 0
  let connected = 0
  return new Promise((resolve) => {
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
        else if (ended === Number(count)) resolve({ ms: performance.now() - startedMs, connected })
      }
      // The listener resets what it accepted; that may come before we look.
      socket.on('connect', () => end(true)).on('error', (error) => end(error.code === 'ECONNRESET'))
    }
    for (let i = 0; i < Math.min(Number(outstanding), Number(count)); i += 1) start()
  })
}

await probeAll()
process.stdout.write(`${JSON.stringify(await probeAll())}\n`)
