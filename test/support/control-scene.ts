/** A control API over an instance on a fake kernel, in a directory of its own. */

import { request } from 'node:http'
import { join } from 'node:path'
import { ControlClient } from '../../lib/cli/client.js'
import { ControlServer, type ControlServerOptions, controlSocketPath } from '../../lib/control/index.js'
import type { VintageNetOptions } from '../../lib/options.js'
import type { VintageNet } from '../../lib/vintage-net.js'
import { FakeWorld, recordingLogger } from './fake-instance.js'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

export const STATIC = {
  type: 'ethernet',
  ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' },
} as const

export class ControlScene implements AsyncDisposable {
  readonly world: FakeWorld
  readonly net: VintageNet
  readonly server: ControlServer
  readonly client: ControlClient
  readonly socketPath: string

  /** eth0 and eth1 have a carrier. */
  static async create(
    options: VintageNetOptions = {},
    control: Partial<ControlServerOptions> = {},
  ): Promise<ControlScene> {
    const world = await FakeWorld.create()
    for (const ifname of ['eth0', 'eth1']) world.kernel.lab.addLink({ ifname, lowerUp: true })
    const net = await world.start(options)
    const tmpDir = join(world.folder, 'run')
    const logger = recordingLogger(world.logs)
    const server = await ControlServer.start({ net, kernel: world.kernel, logger, tmpDir, ...control })
    return new ControlScene(world, net, server, controlSocketPath(tmpDir))
  }

  private constructor(world: FakeWorld, net: VintageNet, server: ControlServer, socketPath: string) {
    this.world = world
    this.net = net
    this.server = server
    this.socketPath = socketPath
    this.client = new ControlClient(socketPath)
  }

  /** One request as any client makes it; a body that is a text is sent as it is. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return ask({ socketPath: this.socketPath }, { method, path, body, headers })
  }

  /** The same, with the answer's JSON. */
  async json(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const { status, text } = await this.ask(method, path, body)
    return { status, body: JSON.parse(text) as Record<string, unknown> }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop()
    await this.world[Symbol.asyncDispose]()
  }
}

export interface Question {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** One request to a socket or a port. */
export function ask(
  where: { socketPath: string } | { port: number; host: string },
  question: Question,
): Promise<Answer> {
  const { method, path, body, headers = {} } = question
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const sent = text === undefined ? headers : { 'content-type': 'application/json', ...headers }
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...where, method, path, headers: sent, agent: false }, (response) => {
      let answer = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer }))
    })
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}
