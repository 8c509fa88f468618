/** The control API of a daemon: HTTP over a unix socket, and over TCP where somebody asked for it and has a token. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import { type Finding, NetworkError, type VintageNet } from '../index.js'
import type { Kernel } from '../kernel/index.js'
import { controlApp } from './app.js'
import { isTooLarge } from './body.js'
import { Checkpoints } from './checkpoints.js'
import { Clients } from './clients.js'
import { HEADERS_LIMIT_MS, KEEP_ALIVE_LIMIT_MS, LAST_WORDS_LIMIT_MS, REQUEST_LIMIT_MS } from './limits.js'
import type { ControlContext, MetricsText } from './operation.js'
import { HttpProblem } from './problem.js'
import { isToken, tokenFault } from './token.js'
import { listenOnUnixSocket, removeUnixSocket, type SocketPlace } from './unix-socket.js'

export interface TcpListen {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** At least 32 characters of ASCII, none of them blank. */
  readonly token: string
}

export interface ControlServerOptions {
  readonly net: VintageNet
  readonly kernel: Pick<Kernel, 'links' | 'addresses' | 'routes' | 'rules'>
  readonly logger: Logger
  readonly tmpDir: string
  readonly controlGroup?: string | undefined
  /** Take raw texts for programs, such as a whole wpa_supplicant.conf. Default: no. */
  readonly allowRaw?: boolean | undefined
  /** Default: nothing listens on TCP. */
  readonly tcp?: TcpListen | undefined
  readonly metrics?: MetricsText | undefined
  /** Milliseconds for which a client may take nothing of its answer; default 30,000. */
  readonly answerLimitMs?: number | undefined
}

/** Path of the socket. */
export function controlSocketPath(tmpDir: string): string {
  return join(tmpDir, 'control.sock')
}

/** Where the socket is, and what belongs to it. */
export function controlSocketPlace(tmpDir: string): SocketPlace {
  return { path: controlSocketPath(tmpDir), privateDir: join(tmpDir, 'private') }
}

export class ControlServer implements AsyncDisposable {
  readonly #options: ControlServerOptions
  readonly #clients: Clients[] = []
  readonly #context: ControlContext
  readonly #servers: Server[] = []
  #findings: readonly Finding[] = []
  #tcpPort: number | undefined

  private constructor(options: ControlServerOptions) {
    const { net, kernel, logger, metrics, allowRaw = false } = options
    this.#options = options
    const findings = (): readonly Finding[] => this.#findings
    const startedAtMs = Date.now()
    const checkpoints = new Checkpoints(net)
    this.#context = { net, kernel, logger, checkpoints, allowRaw, startedAtMs, findings, metrics }
  }

  /**
   * Listens. The instance must have started: it holds the lock that keeps a second daemon out.
   * @throws NetworkError ERR_ALREADY_RUNNING, ERR_NOT_PERMITTED, ERR_INVALID_CONFIG with `field`
   */
  static async start(options: ControlServerOptions): Promise<ControlServer> {
    const fault = options.tcp === undefined ? undefined : tokenFault(options.tcp.token)
    if (fault !== undefined) throw new NetworkError('ERR_INVALID_CONFIG', `token: ${fault}`, { field: 'token' })
    const server = new ControlServer(options)
    try {
      await server.#listen()
    } catch (thrown) {
      await server.stop()
      throw thrown
    }
    return server
  }

  /** What the API itself has found, such as a group that is missing. */
  get findings(): readonly Finding[] {
    return this.#findings
  }

  /** Undefined where nothing listens on TCP. */
  get tcpPort(): number | undefined {
    return this.#tcpPort
  }

  /** Ends what is under way and closes every connection; harmless when called again. */
  async stop(): Promise<void> {
    const servers = this.#servers.splice(0)
    if (servers.length === 0) return
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
    await removeUnixSocket(controlSocketPlace(this.#options.tmpDir))
    for (const server of servers) server.closeIdleConnections()
    // Streams of changes have ended with the instance; others get a moment to read what they asked for.
    const timer = setTimeout(() => {
      for (const clients of this.#clients) clients.close()
    }, LAST_WORDS_LIMIT_MS)
    await Promise.all(closed)
    clearTimeout(timer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #listen(): Promise<void> {
    const { tmpDir, controlGroup, logger, tcp } = this.#options
    // Who may write to the socket is the kernel's business: its mode says so.
    const local = this.#server(() => undefined)
    this.#findings = await listenOnUnixSocket(local, { ...controlSocketPlace(tmpDir), controlGroup })
    this.#servers.push(local)
    for (const { code, severity, message } of this.#findings) {
      if (severity === 'info') logger.info({ code }, message)
      else logger.warn({ code }, message)
    }
    if (tcp !== undefined) await this.#listenOnTcp(tcp)
  }

  async #listenOnTcp({ host, port, token }: TcpListen): Promise<void> {
    const server = this.#server((header) => {
      if (!isToken(header, token))
        throw new HttpProblem('HTTP_NO_TOKEN', 'authorization: the token is missing or wrong')
    })
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen({ host, port }, resolve)
      })
    } catch (thrown) {
      const message = `listen: ${host} port ${port}: ${messageOf(thrown)}`
      throw new NetworkError('ERR_NOT_PERMITTED', message, { field: 'listen', cause: thrown })
    }
    this.#servers.push(server)
    this.#tcpPort = (server.address() as AddressInfo).port
    this.#options.logger.warn({ host, port: this.#tcpPort }, 'the control API listens on TCP, unencrypted')
  }

  #server(authorize: (header: string | undefined) => void): Server {
    const app = controlApp(this.#context, authorize, this.#options.answerLimitMs)
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    const limits = {
      headersTimeout: HEADERS_LIMIT_MS,
      requestTimeout: REQUEST_LIMIT_MS,
      keepAliveTimeout: KEEP_ALIVE_LIMIT_MS,
      // How often the two first are looked at.
      connectionsCheckingInterval: HEADERS_LIMIT_MS / 4,
    }
    const server = createServer(limits, (request, response) => void listener(request, response))
    // Who asks before sending a large body hears the refusal instead of "go on".
    server.on('checkContinue', (request, response) => {
      if (!isTooLarge(request)) response.writeContinue()
      void listener(request, response)
    })
    const clients = new Clients(this.#options.logger)
    clients.guard(server)
    this.#clients.push(clients)
    return server
  }
}
