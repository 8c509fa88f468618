/** Unix datagram sockets and devices of a fake network: whom a test puts behind them, and the endpoints of engines. */

import type { Subscription } from '../base/disposable.js'
import type { EngineError } from '../kernel/messages.js'
import { type ErrnoName, refuse } from './fake-state.js'

/** The engine's own limits; lib/kernel/datagrams.ts tells them. */
const MAX_ENDPOINTS_COUNT = 32
const MAX_DATAGRAM_BYTES = 65_536

/** Whoever has sent a datagram. */
export interface DatagramSender {
  /** The sender's own name. */
  readonly name: string
  /** Sends a datagram back; false where the sender's endpoint is closed. */
  send(bytes: Uint8Array): boolean
}

/** A program behind a name: called with each datagram that reaches it, inside the engine's delivery. */
export type DatagramPeer = (bytes: Uint8Array, from: DatagramSender) => void

/** Whoever has a device open. */
export interface DeviceOpener {
  /** What a read brings; false where it is closed, or the device is gone. */
  send(bytes: Uint8Array): boolean
}

/** What is behind a device: called with each write, inside the engine's delivery. */
export type DevicePeer = (bytes: Uint8Array, from: DeviceOpener) => void

interface Device {
  readonly peer: DevicePeer
  /** Ends the endpoint that has it open. */
  end: (() => void) | undefined
}

/** All names of a fake network. */
export class FakeDatagrams {
  readonly #peers = new Map<string, DatagramPeer>()
  readonly #taken = new Set<string>()
  readonly #devices = new Map<string, Device>()

  /** Plugs a device in, until the subscription ends: then it is unplugged, and whoever has it open is told. */
  plug(path: string, peer: DevicePeer): Subscription {
    if (this.#devices.has(path)) throw new Error(`${path} is there already`)
    const device: Device = { peer, end: undefined }
    this.#devices.set(path, device)
    return {
      unsubscribe: () => {
        if (this.#devices.get(path) !== device) return
        this.#devices.delete(path)
        device.end?.()
      },
    }
  }

  device(path: string): Device | undefined {
    return this.#devices.get(path)
  }

  /** Puts a program behind a name, until the subscription ends. */
  serve(name: string, peer: DatagramPeer): Subscription {
    if (this.isTaken(name)) throw new Error(`${name} is in use`)
    this.#peers.set(name, peer)
    return {
      unsubscribe: () => {
        if (this.#peers.get(name) === peer) this.#peers.delete(name)
      },
    }
  }

  peer(name: string): DatagramPeer | undefined {
    return this.#peers.get(name)
  }

  isTaken(name: string): boolean {
    return this.#peers.has(name) || this.#taken.has(name)
  }

  take(name: string): void {
    this.#taken.add(name)
  }

  give(name: string): void {
    this.#taken.delete(name)
  }
}

interface Endpoint {
  readonly type: 'unix'
  readonly local: string
  readonly peer: DatagramPeer
  readonly peerName: string
}

interface OpenDevice {
  readonly type: 'device'
  readonly device: Device
}

/** What endpoints tell. */
export interface EndpointEvents {
  arrived(endpoint: number, bytes: Uint8Array): void
  ended(endpoint: number): void
}

/** The endpoints of one engine, by the id of the command that opened them. */
export class FakeEndpoints {
  readonly #names: FakeDatagrams
  readonly #arrived: (endpoint: number, bytes: Uint8Array) => void
  readonly #ended: (endpoint: number) => void
  readonly #open = new Map<number, Endpoint | OpenDevice>()

  constructor(names: FakeDatagrams, told: EndpointEvents) {
    this.#names = names
    this.#arrived = told.arrived
    this.#ended = told.ended
  }

  open(id: number, { local, peer: peerName }: { local: string; peer: string }): EngineError | undefined {
    const no = (code: ErrnoName): EngineError => refuse(code, 'openDatagram')
    if (this.#open.size >= MAX_ENDPOINTS_COUNT) return no('EMFILE')
    if (this.#names.isTaken(local)) return no('EADDRINUSE')
    const peer = this.#names.peer(peerName)
    if (peer === undefined) return no(peerName.startsWith('/') ? 'ENOENT' : 'ECONNREFUSED')
    this.#names.take(local)
    this.#open.set(id, { type: 'unix', local, peer, peerName })
    return undefined
  }

  openDevice(id: number, path: string): EngineError | undefined {
    if (this.#open.size >= MAX_ENDPOINTS_COUNT) return refuse('EMFILE', 'openDevice')
    const device = this.#names.device(path)
    if (device === undefined) return refuse('ENOENT', 'openDevice')
    if (device.end !== undefined) return refuse('EBUSY', 'openDevice')
    device.end = () => {
      this.#open.delete(id)
      this.#ended(id)
    }
    this.#open.set(id, { type: 'device', device })
    return undefined
  }

  send(id: number, bytes: Uint8Array): EngineError | undefined {
    const endpoint = this.#open.get(id)
    if (endpoint === undefined) return refuse('EBADF', 'sendDatagram')
    if (bytes.length > MAX_DATAGRAM_BYTES) return refuse('EMSGSIZE', 'sendDatagram')
    const send = (answer: Uint8Array): boolean => {
      if (this.#open.get(id) !== endpoint) return false
      this.#arrived(id, answer.slice())
      return true
    }
    if (endpoint.type === 'device') {
      endpoint.device.peer(bytes.slice(), { send })
      return undefined
    }
    if (this.#names.peer(endpoint.peerName) !== endpoint.peer) {
      this.close(id)
      return refuse('ECONNREFUSED', 'sendDatagram')
    }
    endpoint.peer(bytes.slice(), { name: endpoint.local, send })
    return undefined
  }

  close(id: number): void {
    const endpoint = this.#open.get(id)
    if (endpoint?.type === 'unix') this.#names.give(endpoint.local)
    if (endpoint?.type === 'device') endpoint.device.end = undefined
    this.#open.delete(id)
  }

  closeAll(): void {
    for (const id of [...this.#open.keys()]) this.close(id)
  }
}
