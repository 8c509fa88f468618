/** Serial ports in memory: a test plugs devices in and out, and sits behind them. */

import { NetworkError } from '../errors.js'
import type {
  SerialPort,
  SerialPortInfo,
  SerialPortListener,
  SerialPortRequest,
  SerialPorts,
} from '../serial/serial-ports.js'

/** What is behind a fake port. */
export interface FakeModem {
  /** Octets that were written to the port, as they came. */
  received(octets: Uint8Array): void
}

interface Device {
  readonly usbId: string | undefined
  readonly modem: FakeModem | undefined
  holder: Holder | undefined
  taken: boolean
}

interface Holder {
  readonly listener: SerialPortListener
}

/** Deliveries follow a microtask later, as a kernel's do in another turn. */
export class FakeSerialPorts implements SerialPorts {
  /** Every port that was opened, in order. */
  readonly opened: SerialPortRequest[] = []
  readonly #devices = new Map<string, Device>()

  /** A device appears at a path such as '/dev/ttyUSB2'. */
  plug(path: string, { usbId, modem }: { readonly usbId?: string; readonly modem?: FakeModem } = {}): void {
    this.#devices.set(path, { usbId, modem, holder: undefined, taken: false })
  }

  /** The device goes, in the middle of whatever is being said. */
  unplug(path: string): void {
    const device = this.#devices.get(path)
    this.#devices.delete(path)
    const holder = device?.holder
    if (holder !== undefined) queueMicrotask(() => holder.listener.closed(`${path}: the device is gone`))
  }

  /** Another program holds the device, or has let it go. */
  setTaken(path: string, taken: boolean): void {
    this.#device(path).taken = taken
  }

  /** The modem says something; lost where nobody has opened its port. */
  say(path: string, text: string): void {
    const holder = this.#devices.get(path)?.holder
    const octets = Uint8Array.from(text, (character) => character.charCodeAt(0))
    if (holder !== undefined) queueMicrotask(() => holder.listener.data(octets))
  }

  isOpen(path: string): boolean {
    return this.#devices.get(path)?.holder !== undefined
  }

  async open(request: SerialPortRequest, listener: SerialPortListener): Promise<SerialPort> {
    const { path } = request
    const device = this.#devices.get(path)
    if (device === undefined) throw new NetworkError('ERR_NO_SUCH_DEVICE', `${path}: there is no such device`)
    if (device.taken || device.holder !== undefined) {
      throw new NetworkError('ERR_BUSY', `${path}: another program holds the device`)
    }
    this.opened.push(request)
    const holder: Holder = { listener }
    device.holder = holder
    const holds = (): boolean => device.holder === holder && this.#devices.get(path) === device
    return {
      write: async (octets) => {
        if (!holds()) throw new NetworkError('ERR_NO_SUCH_DEVICE', `${path}: cannot be written to`)
        device.modem?.received(octets)
      },
      close: async () => {
        if (device.holder === holder) device.holder = undefined
      },
    }
  }

  async exists(path: string): Promise<boolean> {
    return this.#devices.has(path)
  }

  async list(): Promise<readonly SerialPortInfo[]> {
    return [...this.#devices]
      .map(([path, { usbId }]) => ({ path, ...(usbId === undefined ? {} : { usbId }) }))
      .sort((one, other) => (one.path < other.path ? -1 : 1))
  }

  #device(path: string): Device {
    const device = this.#devices.get(path)
    if (device === undefined) throw new Error(`nothing is plugged in at ${path}`)
    return device
  }
}
