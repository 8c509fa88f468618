/** What a test does to a fake kernel from outside: cables, adapters, foreign hands, refusals, losses. */

import type { Clock } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import { NetworkError } from '../errors.js'
import { describe, refusal } from '../kernel/kernel-error.js'
import type { KernelCommand, NdOption } from '../kernel/messages.js'
import { type ResolveFrom, resolveCommand } from '../kernel/resolve-command.js'
import type { DatagramPeer, DevicePeer } from './fake-datagrams.js'
import type { FakeEngine, ProbeHandler, SocketLister } from './fake-engine.js'
import { insertLink, refreshLink, removeLink, renameLink } from './fake-links.js'
import type { FakeNetwork, RefusePredicate } from './fake-network.js'
import { FakeRadioLab } from './fake-radio-lab.js'
import { type ErrnoName, type FakeLink, linkNamed } from './fake-state.js'
import { type HeardPeer, hearPeer } from './fake-wireguard.js'

/** An adapter that a test plugs in. */
export interface LabLink {
  readonly ifname: string
  readonly ifindex?: number | undefined
  /** Default: none, plain hardware. */
  readonly kind?: string | undefined
  readonly macAddress?: string | undefined
  /** The cable is in; default true. Links show it once they are up. */
  readonly lowerUp?: boolean | undefined
}

/** The hands of a test on a fake kernel; all calls take effect at once, their events follow a microtask later. */
export class FakeLab {
  /** Accepted commands as their senders wrote them, in order of their results. */
  readonly sent: KernelCommand[] = []
  readonly network: FakeNetwork
  /** Radios, and the air around them. */
  readonly radios: FakeRadioLab
  readonly #engine: FakeEngine

  constructor(network: FakeNetwork, engine: FakeEngine, clock: Clock) {
    this.network = network
    this.radios = new FakeRadioLab(network, clock, (unheard) => engine.overrunOfRadios(unheard))
    this.#engine = engine
  }

  /** Plugs an adapter in, down as the kernel has them; returns its index. */
  addLink(link: LabLink): number {
    const { state } = this.network
    const taken = linkNamed(state, link.ifname) ?? state.links.get(link.ifindex ?? 0)
    if (taken !== undefined) throw new Error(`there is a link ${taken.link.ifname} with index ${taken.link.ifindex}`)
    const { ifname, ifindex, kind, macAddress } = link
    const entry = insertLink(state, {
      ifname,
      ifindex,
      kind,
      macAddress,
      carrier: link.lowerUp ?? true,
      hardware: true,
    })
    state.emit({ type: 'link', ...entry.link })
    return entry.link.ifindex
  }

  /** Pulls an adapter out. */
  removeLink(ifname: string): void {
    removeLink(this.network.state, this.#link(ifname))
  }

  /** Puts a cable in or out. A veth's cable is its other end: set that one up or down instead. */
  setCarrier(ifname: string, carrier: boolean): void {
    const entry = this.#link(ifname)
    if (entry.peer !== undefined) throw new Error(`${ifname} is a veth: its carrier is the other end's being up`)
    entry.carrier = carrier
    refreshLink(this.network.state, entry)
  }

  renameLink(ifname: string, newName: string): void {
    renameLink(this.network.state, this.#link(ifname), newName)
  }

  /** A router advertisement with name servers or search domains arrives. */
  advertise(option: NdOption): void {
    this.network.state.emit({ type: 'ndOption', ...option })
  }

  /** The device path that `hwPath` shall tell. */
  hwPath(ifname: string, path: string): void {
    this.#link(ifname).hwPath = path
  }

  /** Executes commands as some other program would; throws what the kernel refuses. */
  foreign(commands: readonly KernelCommand[]): void {
    for (const command of commands) {
      const resolved = resolveCommand(command, this.#names())
      if (resolved instanceof NetworkError) throw resolved
      const refused = this.network.execute(resolved)
      if (refused !== undefined)
        throw refusal(
          refused,
          describe(command, () => undefined),
        )
    }
  }

  /** Refuses the commands that the predicate names until told otherwise; null ends it. */
  refuse(predicate: RefusePredicate | null, errno: ErrnoName = 'EPERM'): void {
    this.network.refuse(predicate, errno)
  }

  /** Loses the notifications of what `unheard` does; an overrun and a dump follow. */
  overrun(unheard: () => void = () => undefined): void {
    this.#engine.overrun(unheard)
  }

  /** Answers probes from now on. */
  probes(handler: ProbeHandler): void {
    this.#engine.handleProbes(handler)
  }

  /** Tells sockets from now on; until then they are not known (EOPNOTSUPP). */
  sockets(lister: SocketLister): void {
    this.#engine.handleSockets(lister)
  }

  /** A WireGuard peer makes a handshake, sends and receives, from wherever it is. The key is base64. */
  hearPeer(ifname: string, publicKey: string, heard: HeardPeer): void {
    hearPeer(this.#link(ifname), Buffer.from(publicKey, 'base64'), heard)
  }

  /** Puts a program behind the name of a unix datagram socket, until the subscription ends. */
  serveDatagrams(name: string, peer: DatagramPeer): Subscription {
    return this.network.datagrams.serve(name, peer)
  }

  /** Plugs in a device that speaks in messages; unplugged when the subscription ends. */
  serveDevice(path: string, peer: DevicePeer): Subscription {
    return this.network.datagrams.plug(path, peer)
  }

  #link(ifname: string): FakeLink {
    const entry = linkNamed(this.network.state, ifname)
    if (entry === undefined) throw new Error(`there is no link ${ifname}`)
    return entry
  }

  #names(): ResolveFrom {
    const { state } = this.network
    return {
      link: (ifindex) => state.links.get(ifindex)?.link,
      linkByName: (ifname) => linkNamed(state, ifname)?.link,
    }
  }
}
