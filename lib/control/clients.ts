/** Counts the connections of a server; those beyond the limit are told so and closed. */

import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '../base/logger.js'
import { LAST_WORDS_LIMIT_MS, MAX_CLIENT_COUNT, MAX_REFUSED_COUNT } from './limits.js'
import { HttpProblem, problemOf } from './problem.js'

/** Each server has its own: who fills the port, without a token, must not keep others from the unix socket. */
export class Clients {
  readonly #logger: Logger
  readonly #open = new Set<Socket>()
  #refusedCount = 0
  /** The log says once that the limit was reached, until it is not any more. */
  #told = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Called before the server listens: node's own listener of the event hands connections to its parser. */
  guard(server: Server): void {
    const [serve] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
    server.removeAllListeners('connection')
    server.on('connection', (socket) => {
      if (this.#take(socket)) serve?.call(server, socket)
    })
  }

  /** Ends every connection. */
  close(): void {
    for (const socket of this.#open) socket.destroy()
  }

  #take(socket: Socket): boolean {
    if (this.#open.size >= MAX_CLIENT_COUNT) {
      this.#refuse(socket)
      return false
    }
    this.#open.add(socket)
    socket.on('close', () => {
      this.#open.delete(socket)
      if (this.#open.size < MAX_CLIENT_COUNT / 2) this.#told = false
    })
    return true
  }

  #refuse(socket: Socket): void {
    if (!this.#told)
      this.#logger.warn({ limit: MAX_CLIENT_COUNT }, 'too many clients of the control API: some are refused')
    this.#told = true
    if (this.#refusedCount >= MAX_REFUSED_COUNT) return void socket.destroy()
    this.#refusedCount += 1
    const timer = setTimeout(() => socket.destroy(), LAST_WORDS_LIMIT_MS)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      this.#refusedCount -= 1
    })
    socket.resume()
    socket.end(REFUSAL)
  }
}

const REFUSAL = refusal()

function refusal(): string {
  const { body } = problemOf(
    new HttpProblem('HTTP_TOO_MANY_CLIENTS', `${MAX_CLIENT_COUNT} clients are connected already; try again`),
  )
  const text = JSON.stringify(body)
  const head = ['HTTP/1.1 503 Service Unavailable', 'content-type: application/json', `content-length: ${text.length}`]
  return `${[...head, 'connection: close', 'retry-after: 1'].join('\r\n')}\r\n\r\n${text}`
}
