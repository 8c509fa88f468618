/** The simulated udhcpc and the DHCP servers that it meets: three discovers, a pause, bound, renewed at half time, and over. */

import type { Clock, Timer } from '../../lib/base/clock.js'
import { type ScriptedChild, udhcpcEvent } from '../../lib/testing/scripted-daemon.js'
import type { Answering } from './step.js'

/** The server of one adapter's network. */
export interface DhcpServer {
  answering: Answering
  readonly adapter: number
  subnet: number
  leaseS: number
}

/** What a client sees of its network: undefined where its link is gone or has no carrier. */
export type FindServer = (ifname: string) => DhcpServer | undefined

const ANSWER_MS = 100
/** udhcpc's own pace: three packets three seconds apart, then twenty seconds of pause. */
const GIVE_UP_MS = 9_000
const PAUSE_MS = 20_000

/** The environment of a lease from a server. */
export function leaseOf(ifname: string, server: DhcpServer): Record<string, string> {
  const net = `172.${16 + server.adapter}.${server.subnet}`
  return {
    interface: ifname,
    ip: `${net}.50`,
    subnet: '255.255.255.0',
    mask: '24',
    broadcast: `${net}.255`,
    router: `${net}.1`,
    dns: `${net}.1`,
    domain: `net${server.subnet}.example.com`,
    lease: String(server.leaseS),
    serverid: `${net}.1`,
  }
}

/** One run of udhcpc. */
export class UdhcpcRun {
  readonly ifname: string
  readonly #child: ScriptedChild
  readonly #clock: Clock
  readonly #find: FindServer
  #timer: Timer | undefined
  #held: { readonly lease: Record<string, string>; readonly endsAtMs: number } | undefined

  constructor(child: ScriptedChild, clock: Clock, find: FindServer) {
    const { args } = child.request
    this.ifname = args[args.indexOf('-i') + 1] ?? ''
    this.#child = child
    this.#clock = clock
    this.#find = find
    child.exited.then(
      () => this.#timer?.cancel(),
      () => undefined,
    )
    this.say('deconfig', { interface: this.ifname })
    this.#after(ANSWER_MS, () => this.#discover())
  }

  /** The lease that it holds, in udhcpc's words; undefined without one. */
  get lease(): Record<string, string> | undefined {
    return this.#child.running ? this.#held?.lease : undefined
  }

  /** An event out of the blue; what it says is true of the client from then on. */
  report(event: 'renew' | 'bound' | 'nak' | 'leasefail' | 'deconfig'): void {
    if (event === 'renew' || event === 'bound') {
      const server = this.#find(this.ifname)
      if (server !== undefined && this.#child.running) this.#take(event, server)
      return
    }
    this.say(event, { interface: this.ifname })
    this.#held = undefined
    this.#after(ANSWER_MS, () => this.#discover())
  }

  say(event: string, environment: Record<string, string>): void {
    if (this.#child.running) this.#child.writeStdout(udhcpcEvent(event, environment))
  }

  #discover(): void {
    const server = this.#find(this.ifname)
    if (server?.answering === 'answers') return this.#take('bound', server)
    if (server?.answering === 'refuses') this.say('nak', { interface: this.ifname, message: 'no' })
    this.#after(GIVE_UP_MS, () => {
      this.say('leasefail', { interface: this.ifname })
      this.#after(PAUSE_MS, () => this.#discover())
    })
  }

  #take(event: 'bound' | 'renew', server: DhcpServer): void {
    const lease = leaseOf(this.ifname, server)
    this.#held = { lease, endsAtMs: this.#clock.nowMs() + server.leaseS * 1000 }
    this.say(event, lease)
    this.#after(server.leaseS * 500, () => this.#renew())
  }

  #renew(): void {
    const server = this.#find(this.ifname)
    const held = this.#held
    if (server?.answering === 'answers' && leaseOf(this.ifname, server)['ip'] === held?.lease['ip']) {
      return this.#take('renew', server)
    }
    const leftMs = (held?.endsAtMs ?? 0) - this.#clock.nowMs()
    const refused = server !== undefined && server.answering !== 'silent'
    if (!refused && leftMs > 1_000) return this.#after(leftMs / 2, () => this.#renew())
    // A server that answers for another network refuses the address of this one.
    if (refused) this.say('nak', { interface: this.ifname, message: 'wrong network' })
    this.say('deconfig', { interface: this.ifname })
    this.#held = undefined
    this.#after(ANSWER_MS, () => this.#discover())
  }

  #after(delayMs: number, act: () => void): void {
    this.#timer?.cancel()
    if (!this.#child.running) return
    this.#timer = this.#clock.setTimer(delayMs, () => {
      if (this.#child.running) act()
    })
  }
}
