/** The other end of a tunnel: the kernel's own WireGuard, set by `wg`, in a namespace behind the routers of a lab. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair } from '../../lib/technology/wireguard/keys.js'
import { inNamespace, ipIn, mustRun, setSysctls } from './lab/command.js'
import type { Uplink } from './lab.js'

/** Where the routers lead to it. */
export const FAR_ADDRESS = '203.0.113.200'
export const FAR_PORT = 51_820
/** A host that no router knows: the tunnel alone leads there. */
export const BEYOND = '203.0.113.130'
export const INSIDE = { own: '10.8.0.2', far: '10.8.0.1' }

/** Small networks between the routers and the far end, in order of the uplinks. */
const TRANSIT = ['203.0.113.64', '203.0.113.68']

export interface FarEndOptions {
  readonly name: string
  readonly uplinks: readonly Uplink[]
  /** The public key of the peer that it lets in. */
  readonly peer: string
  readonly presharedKey?: string | undefined
  readonly folder: string
}

export class FarEnd implements AsyncDisposable {
  readonly publicKey: string
  readonly #name: string

  static async create(options: FarEndOptions): Promise<FarEnd> {
    const { privateKey, publicKey } = generateKeyPair()
    const end = new FarEnd(options.name, publicKey)
    try {
      await end.#build(options, privateKey)
    } catch (error) {
      await end[Symbol.asyncDispose]()
      throw error
    }
    return end
  }

  private constructor(name: string, publicKey: string) {
    this.#name = name
    this.publicKey = publicKey
  }

  async #build({ uplinks, peer, presharedKey, folder }: FarEndOptions, privateKey: string): Promise<void> {
    await mustRun('ip', ['netns', 'add', this.#name])
    await setSysctls(this.#name, { 'net/ipv4/conf/all/rp_filter': '0', 'net/ipv4/conf/default/rp_filter': '0' })
    await this.ip('link', 'set', 'dev', 'lo', 'up')
    await this.ip('address', 'add', `${FAR_ADDRESS}/32`, 'dev', 'lo')
    await this.ip('address', 'add', `${BEYOND}/32`, 'dev', 'lo')
    for (const [index, uplink] of uplinks.entries()) await this.#join(uplink, index)
    await this.ip('link', 'add', 'far0', 'type', 'wireguard')
    const key = await this.#file(folder, 'private', privateKey)
    const shared = presharedKey === undefined ? [] : ['preshared-key', await this.#file(folder, 'shared', presharedKey)]
    const allowed = ['allowed-ips', `${INSIDE.own}/32`]
    const port = ['listen-port', String(FAR_PORT)]
    await this.wg('set', 'far0', 'private-key', key, ...port, 'peer', peer, ...shared, ...allowed)
    await this.ip('address', 'add', `${INSIDE.far}/24`, 'dev', 'far0')
    await this.setAnswers(true)
  }

  async #join(uplink: Uplink, index: number): Promise<void> {
    const [near, far] = [1, 2].map((host) => TRANSIT[index]?.replace(/\d+$/, (net) => String(Number(net) + host)))
    const toFar = `far${index}`
    const toRouter = `router${index}`
    const router = (...args: string[]) => uplink.routerIp(...args)
    await router('link', 'add', toFar, 'type', 'veth', 'peer', 'name', toRouter, 'netns', this.#name)
    await router('address', 'add', `${near}/30`, 'dev', toFar)
    await router('link', 'set', 'dev', toFar, 'up')
    await this.ip('address', 'add', `${far}/30`, 'dev', toRouter)
    await this.ip('link', 'set', 'dev', toRouter, 'up')
    await router('route', 'add', `${FAR_ADDRESS}/32`, 'via', String(far))
    await setSysctls(uplink.routerNamespace, { 'net/ipv4/ip_forward': '1' })
    const network = uplink.routerAddress.replace(/\d+$/, '0')
    await this.ip('route', 'add', `${network}/24`, 'via', String(near))
  }

  async #file(folder: string, name: string, key: string): Promise<string> {
    const path = join(folder, `${this.#name}-${name}`)
    await writeFile(path, key, { mode: 0o600 })
    return path
  }

  /** With false its link is down: it hears nothing. */
  async setAnswers(answers: boolean): Promise<void> {
    await this.ip('link', 'set', 'dev', 'far0', answers ? 'up' : 'down')
  }

  async ip(...args: string[]): Promise<readonly unknown[]> {
    return ipIn(this.#name, args)
  }

  async wg(...args: string[]): Promise<string> {
    return mustRun(...inNamespace(this.#name, 'wg', args))
  }

  /** Harmless when called again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await mustRun('ip', ['netns', 'delete', this.#name]).catch(() => undefined)
  }
}
