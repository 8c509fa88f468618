/** Unix datagram sockets of a fake network: names, whom a test puts behind them, and the endpoints of engines. */

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

/** All names of a fake network. */
export class FakeDatagrams {
  readonly #peers = new Map<string, DatagramPeer>()
  readonly #taken = new Set<string>()

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
  readonly local: string
  readonly peer: DatagramPeer
  readonly peerName: string
}

/** The endpoints of one engine, by the id of the command that opened them. */
export class FakeEndpoints {
  readonly #names: FakeDatagrams
  readonly #arrived: (endpoint: number, bytes: Uint8Array) => void
  readonly #open = new Map<number, Endpoint>()

  constructor(names: FakeDatagrams, arrived: (endpoint: number, bytes: Uint8Array) => void) {
    this.#names = names
    this.#arrived = arrived
  }

  open(id: number, { local, peer: peerName }: { local: string; peer: string }): EngineError | undefined {
    const no = (code: ErrnoName): EngineError => refuse(code, 'openDatagram')
    if (this.#open.size >= MAX_ENDPOINTS_COUNT) return no('EMFILE')
    if (this.#names.isTaken(local)) return no('EADDRINUSE')
    const peer = this.#names.peer(peerName)
    if (peer === undefined) return no(peerName.startsWith('/') ? 'ENOENT' : 'ECONNREFUSED')
    this.#names.take(local)
    this.#open.set(id, { local, peer, peerName })
    return undefined
  }

  send(id: number, bytes: Uint8Array): EngineError | undefined {
    const endpoint = this.#open.get(id)
    if (endpoint === undefined) return refuse('EBADF', 'sendDatagram')
    if (bytes.length > MAX_DATAGRAM_BYTES) return refuse('EMSGSIZE', 'sendDatagram')
    if (this.#names.peer(endpoint.peerName) !== endpoint.peer) {
      this.close(id)
      return refuse('ECONNREFUSED', 'sendDatagram')
    }
    const send = (answer: Uint8Array): boolean => {
      if (this.#open.get(id) !== endpoint) return false
      this.#arrived(id, answer.slice())
      return true
    }
    endpoint.peer(bytes.slice(), { name: endpoint.local, send })
    return undefined
  }

  close(id: number): void {
    const endpoint = this.#open.get(id)
    if (endpoint !== undefined) this.#names.give(endpoint.local)
    this.#open.delete(id)
  }

  closeAll(): void {
    for (const id of [...this.#open.keys()]) this.close(id)
  }
}
