/** A control socket whose answers a test writes itself: for what no daemon does on purpose. */

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs `work` with the path of a socket at which `answer` answers. */
export async function withScriptedDaemon(
  answer: RequestListener,
  work: (socket: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer)
  const folder = await mkdtemp(join(tmpdir(), 'scripted-daemon-'))
  const socket = join(folder, 'socket')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  try {
    await work(socket)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true, force: true })
  }
}

/** A stream of changes that begins with nothing, and stays open. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('event: snapshot\ndata: {"properties":[]}\n\n')
}
