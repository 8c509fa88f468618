/** The part of a modem over a fake kernel, a scripted modem and simulated time. */

import type { Subscription } from '../../lib/base/disposable.js'
import { deleteAddresses } from '../../lib/interface/delete-addresses.js'
import type { InterfaceNameServers, InterfaceRoutes, Json, PartContext } from '../../lib/technology/plan.js'
import type { Modem } from '../../lib/technology/qmi/modem.js'
import { startModem } from '../../lib/technology/qmi/part.js'
import { FakeKernel } from '../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../lib/testing/simulated-clock.js'
import { type LogLine, recordingLogger } from './fake-instance.js'
import { partContext } from './part-context.js'
import { ScriptedQmiModem } from './scripted-qmi-modem.js'

export const DEVICE = '/dev/cdc-wdm0'

export class QmiScene implements AsyncDisposable {
  readonly clock = new SimulatedClock()
  readonly kernel = new FakeKernel({ clock: this.clock })
  readonly modem = new ScriptedQmiModem()
  readonly logs: LogLine[] = []
  readonly properties = new Map<string, unknown>()
  readonly connections: { readonly connection: string; readonly atMs: number }[] = []
  readonly failures: { readonly reason: string; readonly service: string | undefined }[] = []
  readonly attributes: { readonly path: string; readonly text: string }[] = []
  readonly plans: (string | undefined)[] = []
  readonly abort = new AbortController()
  routes: InterfaceRoutes | undefined
  nameServers: InterfaceNameServers | undefined
  note: Json = null
  /** What stands in the property `reason`. */
  problem: string | undefined
  /** How often the power was to be switched; `managed`: whether somebody does it. */
  resets = 0
  managed = false
  #part: Modem | undefined
  #device: Subscription | undefined

  constructor() {
    this.kernel.lab.addLink({ ifname: 'wwan0' })
  }

  readonly #given: Partial<PartContext> = {
    put: (path, value) => void this.properties.set(path.join('/'), value),
    delete: (path) => void this.properties.delete(path.join('/')),
    logger: recordingLogger(this.logs),
    fail: (reason, service) => void this.failures.push({ reason, service }),
    setConnection: (connection) => void this.connections.push({ connection, atMs: this.clock.nowMs() }),
    setRoutes: (routes) => {
      this.routes = routes
    },
    clearRoutes: () => {
      this.routes = undefined
    },
    setNameServers: (nameServers) => {
      this.nameServers = nameServers
    },
    clearNameServers: () => {
      this.nameServers = undefined
    },
    addAddress: async (address) => {
      await this.kernel.send([{ type: 'replaceAddress', ifname: 'wwan0', scope: 0, ...address }])
    },
    deleteAddress: async ({ address, prefixLength }) => {
      await deleteAddresses(this.kernel, { ifname: 'wwan0', addresses: [{ address, prefixLength }], followedBy: [] })
    },
    writeAttribute: async (path, text) => void this.attributes.push({ path, text }),
    setProblem: (text) => {
      this.problem = text
    },
    takePlan: (name, note) => {
      this.plans.push(name)
      this.note = note
    },
    leaveNote: (note) => {
      this.note = note
    },
    resetPower: () => {
      if (this.managed) this.resets += 1
      return this.managed
    },
  }

  /** Plugs the modem in. */
  plug(): void {
    this.#device = this.kernel.lab.serveDevice(DEVICE, (bytes, from) => {
      this.modem.attach((answer) => void from.send(answer))
      this.modem.receive(bytes)
    })
  }

  unplug(): void {
    this.#device?.unsubscribe()
    this.#device = undefined
  }

  starting(args: { readonly [name: string]: Json } = {}): Promise<Modem> {
    const needs = { ifname: 'wwan0', clock: this.clock, kernel: this.kernel, signal: this.abort.signal }
    const context = partContext(needs, { ...this.#given, note: this.note })
    const started = startModem(
      {
        device: DEVICE,
        serviceProviders: [{ apn: 'internet' }],
        onlyRadioTechnologies: [],
        dhcp: false,
        dhcpPlan: 'dhcp',
        ...args,
      },
      context,
    )
    started.then(
      (part) => {
        this.#part = part
      },
      () => undefined,
    )
    return started
  }

  /** Takes the link up, as the plan's steps do. */
  async raise(): Promise<void> {
    await this.settle()
    await this.kernel.send([{ type: 'setLink', ifname: 'wwan0', up: true }])
  }

  /** Plugs in, starts, and lets everything happen that needs no time. */
  async start(args: { readonly [name: string]: Json } = {}): Promise<Modem> {
    if (this.#device === undefined) this.plug()
    await this.raise()
    const starting = this.starting(args)
    await this.clock.advance(0)
    const part = await starting
    await this.settle()
    return part
  }

  /** Until nothing happens any more without time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) await this.clock.advance(0)
  }

  async after(ms: number): Promise<void> {
    await this.clock.advance(ms)
    await this.settle()
  }

  get(name: string): unknown {
    return this.properties.get(`mobile/${name}`)
  }

  get connection(): string {
    return this.connections.at(-1)?.connection ?? 'disconnected'
  }

  warned(pattern: RegExp): boolean {
    return this.logs.some(({ level, message }) => level === 'warn' && pattern.test(message))
  }

  get addresses(): string[] {
    return this.kernel.mirror
      .addresses(this.kernel.mirror.linkByName('wwan0')?.ifindex)
      .map(({ address, prefixLength }) => `${address}/${prefixLength}`)
      .filter((text) => !text.startsWith('fe80:'))
  }

  /** Ends the part, as its plan would. */
  async end(): Promise<void> {
    const part = this.#part
    this.#part = undefined
    const ending = part?.[Symbol.asyncDispose]()
    await this.after(3_000)
    await ending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    await this.kernel.close()
  }
}
