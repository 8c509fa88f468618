// The "Internet" behind a router of the lab: TCP listeners that send back what they get.
// Arguments: ADDRESS… ; each listens on ports 53 and 80. Prints `ready` when all listen.

import { createServer } from 'node:net'

const PORTS = [53, 80]

const listening = process.argv.slice(2).flatMap((host) =>
  PORTS.map(
    (port) =>
      new Promise((resolve, reject) => {
        const server = createServer((socket) => {
          socket.on('error', () => socket.destroy()) // the client's end is the client's business
          socket.pipe(socket)
        })
        server.on('error', reject).listen({ host, port }, resolve)
      }),
  ),
)
await Promise.all(listening)
process.stdout.write('ready\n')
