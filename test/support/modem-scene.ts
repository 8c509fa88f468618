/** The part beside pppd, over fake serial ports, a scripted modem and simulated time. */

import { startModemWatch } from '../../lib/technology/mobile/watch.js'
import type { Json, PartContext } from '../../lib/technology/plan.js'
import { FakeKernel } from '../../lib/testing/fake-kernel.js'
import { FakeSerialPorts } from '../../lib/testing/fake-serial-ports.js'
import { ScriptedModem } from '../../lib/testing/scripted-modem.js'
import { SimulatedClock } from '../../lib/testing/simulated-clock.js'
import { type LogLine, recordingLogger } from './fake-instance.js'
import { partContext } from './part-context.js'

export const AT_PORT = '/dev/ttyUSB2'
export const PPP_PORT = '/dev/ttyUSB3'

export class ModemScene implements AsyncDisposable {
  readonly clock = new SimulatedClock()
  readonly kernel = new FakeKernel({ clock: this.clock })
  readonly ports = new FakeSerialPorts()
  readonly modem = new ScriptedModem((text) => this.ports.say(AT_PORT, text))
  readonly logs: LogLine[] = []
  readonly properties = new Map<string, unknown>()
  readonly taken: (string | undefined)[] = []
  /** What was said of pppd, in order. */
  readonly gate: boolean[] = []
  problem: string | undefined
  /** What the part has left for the next one. */
  note: Json = null
  readonly #abort = new AbortController()
  #part: AsyncDisposable | undefined
  #watching: ((watched: boolean) => void) | undefined
  #connecting: ((connection: unknown) => void)[] = []
  #connection = 'disconnected'

  readonly context: PartContext = partContext(
    { ifname: 'ppp0', clock: this.clock, kernel: this.kernel, signal: this.#abort.signal },
    {
      logger: recordingLogger(this.logs),
      serialPorts: this.ports,
      put: (path, value) => void this.properties.set(path.join('/'), value),
      delete: (path) => void this.properties.delete(path.join('/')),
      watched: (_path, listener) => {
        this.#watching = listener
        listener(false)
        return { unsubscribe: () => undefined }
      },
      observe: (_path, listener) => {
        this.#connecting.push(listener)
        listener(this.#connection)
        return {
          unsubscribe: () => {
            this.#connecting = this.#connecting.filter((other) => other !== listener)
          },
        }
      },
      setOpen: (_service, open) => {
        if (this.gate.at(-1) !== open) this.gate.push(open)
      },
      setProblem: (text) => {
        this.problem = text === '' ? undefined : text
      },
      takePlan: (name, note) => {
        this.taken.push(name)
        this.note = note
      },
      leaveNote: (note) => {
        this.note = note
      },
    },
  )

  /** Both ports of the modem are there. */
  plug(): void {
    this.ports.plug(AT_PORT, { usbId: '2c7c:0125', modem: this.modem })
    this.ports.plug(PPP_PORT, { usbId: '2c7c:0125' })
  }

  unplug(): void {
    this.ports.unplug(AT_PORT)
    this.ports.unplug(PPP_PORT)
  }

  async start(args: { readonly [key: string]: Json | undefined } = {}): Promise<void> {
    const usual = { modem: 'quectel-ec25', daemon: 'pppd', pppPort: PPP_PORT, atPort: AT_PORT, speed: 9_600 }
    this.#part = await startModemWatch({ ...usual, monitors: [], ...args }, { ...this.context, note: this.note })
    await this.clock.advance(0)
  }

  /** The part ends, and another one of the same plan begins. */
  async restart(args: { readonly [key: string]: Json | undefined } = {}): Promise<void> {
    await this.#part?.[Symbol.asyncDispose]()
    await this.start(args)
  }

  /** The connection of ppp0 becomes that. */
  async connection(connection: string): Promise<void> {
    this.#connection = connection
    for (const listener of this.#connecting) listener(connection)
    await this.clock.advance(0)
  }

  /** Somebody subscribes below mobile/, or nobody does any more. */
  watch(watched: boolean): void {
    this.#watching?.(watched)
  }

  /** How often a command was sent. */
  asked(command: string): number {
    return this.modem.commands.filter((one) => one === command).length
  }

  property(name: string): unknown {
    return this.properties.get(`mobile/${name}`)
  }

  async stop(): Promise<void> {
    const part = this.#part
    this.#part = undefined
    await part?.[Symbol.asyncDispose]()
    this.#abort.abort()
    await this.clock.advance(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.kernel.close()
  }
}
