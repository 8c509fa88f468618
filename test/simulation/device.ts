/** The simulated device without its software: adapters, cables, networks behind them, other programs, the disk. */

import type { Clock } from '../../lib/base/clock.js'
import type { KernelCommand, ProbeRequest, ProbeResult, Route, Rule } from '../../lib/kernel/messages.js'
import { OUR_PROTOCOL } from '../../lib/kernel/messages.js'
import type { FakeKernel } from '../../lib/testing/fake-kernel.js'
import { linkNamed } from '../../lib/testing/fake-state.js'
import { SimulatedDisk } from '../../lib/testing/simulated-disk.js'
import { ADAPTERS, type Beyond, type ForeignDeed, type OutsideStep } from './step.js'
import type { DhcpServer } from './udhcpc-script.js'
import { WatchedNetwork } from './watched-network.js'

interface Adapter {
  readonly baseName: string
  readonly macAddress: string
  readonly server: DhcpServer
  ifindex: number | undefined
  cable: boolean
  beyond: Beyond
}

const FOREIGN_PROTOCOL = 4
const PROBE_MS = 20
/** First index of an adapter; each plugging takes the next. */
const FIRST_IFINDEX = 10

export const PERSISTENCE_DIR = '/var/lib/vintage-net'
export const RESOLV_CONF = '/etc/resolv.conf'
export const TMP_DIR = '/run/vintage-net'

export class Device {
  readonly disk = new SimulatedDisk({ volatile: ['/run', '/proc'] })
  readonly adapters: readonly Adapter[]
  readonly #clock: Clock
  network = new WatchedNetwork()
  #nextIfindex = FIRST_IFINDEX
  #boots = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.adapters = ADAPTERS.map((baseName, number) => ({
      baseName,
      macAddress: `02:00:00:00:00:0${number}`,
      server: { adapter: number, answering: 'answers', subnet: 0, leaseS: 120 },
      ifindex: undefined,
      cable: true,
      beyond: 'connected',
    }))
    this.disk.put(RESOLV_CONF, '# as installed\n')
  }

  /** The kernel starts anew: links as they are plugged in, under their first names. */
  boot(): void {
    this.network = new WatchedNetwork()
    this.#boots += 1
    this.disk.put('/proc/sys/kernel/random/boot_id', `boot-${this.#boots}\n`)
  }

  /** Plugs in, once a kernel is there, what was plugged in before the boot; at the first boot all but the last. */
  plugAll(kernel: FakeKernel): void {
    const first = this.#boots === 1
    for (const [number, adapter] of this.adapters.entries()) {
      const wasIn = first ? number < this.adapters.length - 1 : adapter.ifindex !== undefined
      adapter.ifindex = undefined
      if (wasIn) this.#plug(kernel, adapter)
    }
  }

  /** Does what a step says; what does not apply is not done. */
  apply(kernel: FakeKernel, step: OutsideStep): void {
    this.network.byOthers(() => this.#apply(kernel, step))
  }

  /** Cables in, servers answering, everything beyond reachable, names as at boot, links up if they were taken down. */
  mend(kernel: FakeKernel): void {
    this.disk.fail(undefined)
    this.network.refuseOurs([], 'EPERM')
    for (const [number, adapter] of this.adapters.entries()) {
      adapter.server.answering = 'answers'
      adapter.beyond = 'connected'
      this.apply(kernel, { do: 'cable', adapter: number, in: true })
    }
    // Twice, because one may hold the name of another.
    for (const _ of [0, 1]) {
      for (const [number, { baseName }] of this.adapters.entries()) {
        this.apply(kernel, { do: 'rename', adapter: number, to: baseName })
      }
    }
    for (const { baseName } of this.adapters)
      this.apply(kernel, { do: 'foreign', what: { deed: 'linkUp', ifname: baseName } })
  }

  /** The server that a client on this link meets; undefined without a link or a carrier. */
  serverOf(ifname: string): DhcpServer | undefined {
    const link = linkNamed(this.network.state, ifname)?.link
    return link?.lowerUp === true ? this.#adapterOf(link.ifindex)?.server : undefined
  }

  /** Answers a probe bound to a link: it needs a carrier, a default route by the link, and somebody beyond. */
  probe({ ifname = '' }: ProbeRequest): ProbeResult | Promise<ProbeResult> {
    const link = linkNamed(this.network.state, ifname)?.link
    const beyond = link === undefined ? undefined : this.#adapterOf(link.ifindex)?.beyond
    const routed = [...this.network.state.routes.all()].some(
      (route) => route.destination === 'default' && route.ifindex === link?.ifindex,
    )
    if (link?.lowerUp !== true || !routed || beyond === undefined || beyond === 'unreachable') {
      return { outcome: 'unreachable', errno: 101, ms: 0 }
    }
    if (beyond === 'timeout') return new Promise(() => undefined)
    return new Promise((resolve) => {
      this.#clock.setTimer(PROBE_MS, () => resolve({ outcome: beyond, ms: PROBE_MS }))
    })
  }

  ourRoutes(): Route[] {
    return [...this.network.state.routes.all()].filter(({ protocol }) => protocol === OUR_PROTOCOL)
  }

  ourRules(): Rule[] {
    return this.network.state.rules.filter(({ protocol }) => protocol === OUR_PROTOCOL)
  }

  #adapterOf(ifindex: number): Adapter | undefined {
    return this.adapters.find((adapter) => adapter.ifindex === ifindex)
  }

  #apply(kernel: FakeKernel, step: OutsideStep): void {
    if (step.do === 'foreign') return this.#foreign(kernel, step.what)
    const adapter = this.adapters[step.adapter]
    if (adapter === undefined) return
    const ifname = this.#nameOf(adapter)
    switch (step.do) {
      case 'plug':
        if (ifname === undefined) this.#plug(kernel, adapter)
        return
      case 'unplug':
        if (ifname !== undefined) kernel.lab.removeLink(ifname)
        adapter.ifindex = undefined
        return
      case 'cable':
        adapter.cable = step.in
        if (ifname !== undefined) kernel.lab.setCarrier(ifname, step.in)
        return
      case 'rename': {
        const taken = linkNamed(this.network.state, step.to) !== undefined
        if (ifname !== undefined && !taken) kernel.lab.renameLink(ifname, step.to)
        return
      }
    }
  }

  #plug(kernel: FakeKernel, adapter: Adapter): void {
    const { baseName, macAddress, cable } = adapter
    if (linkNamed(this.network.state, baseName) !== undefined) return
    // Links that are made take indices as well.
    adapter.ifindex = Math.max(this.#nextIfindex, this.network.state.highestIfindex + 1)
    this.#nextIfindex = adapter.ifindex + 1
    kernel.lab.addLink({ ifname: baseName, macAddress, lowerUp: cable, ifindex: adapter.ifindex })
  }

  #nameOf({ ifindex }: Adapter): string | undefined {
    return ifindex === undefined ? undefined : this.network.state.links.get(ifindex)?.link.ifname
  }

  #foreign(kernel: FakeKernel, what: ForeignDeed): void {
    for (const command of this.#commandsOf(what)) {
      try {
        kernel.lab.foreign([command])
      } catch {
        // What the kernel refuses another program is that program's affair.
      }
    }
  }

  #commandsOf(what: ForeignDeed): KernelCommand[] {
    switch (what.deed) {
      case 'addRoute':
        return [{ type: 'addRoute', ...this.#foreignRoute(what.nth) }]
      case 'deleteRoute':
        return [{ type: 'deleteRoute', ...this.#foreignRoute(what.nth) }]
      case 'addRule':
        return [{ type: 'addRule', ...foreignRule(what.nth) }]
      case 'deleteRule':
        return [{ type: 'deleteRule', ...foreignRule(what.nth) }]
      case 'addAddress':
        return [{ type: 'addAddress', ifname: what.ifname, ...this.#foreignAddress(what.ifname, what.nth) }]
      case 'deleteAddress':
        return [{ type: 'deleteAddress', ifname: what.ifname, ...this.#foreignAddress(what.ifname, what.nth) }]
      case 'linkDown':
      case 'linkUp':
        return [{ type: 'setLink', ifname: what.ifname, up: what.deed === 'linkUp' }]
      case 'stealRoute':
        return pick(this.ourRoutes(), what.nth).map((route): KernelCommand => ({ type: 'deleteRoute', ...route }))
      case 'stealRule':
        return pick(this.ourRules(), what.nth).map(
          ({ family, priority, from, table }): KernelCommand => ({ type: 'deleteRule', family, priority, from, table }),
        )
      case 'stealAddress': {
        const ours = this.network.state.addresses.filter(({ protocol }) => protocol === OUR_PROTOCOL)
        return pick(ours, what.nth).map(
          ({ ifindex, address, prefixLength }): KernelCommand => ({
            type: 'deleteAddress',
            ifindex,
            address,
            prefixLength,
          }),
        )
      }
    }
  }

  /** Routes of a routing daemon: some that need no link, some by an adapter, one of them a default route. */
  #foreignRoute(nth: number) {
    const base = { family: 4, protocol: FOREIGN_PROTOCOL } as const
    if (nth < 4) return { ...base, routeType: 'blackhole', destination: `192.0.2.${16 * nth}/28` } as const
    const ifindex = this.adapters[nth % this.adapters.length]?.ifindex
    if (nth < 8)
      return { ...base, destination: 'default', ifindex, metric: 2000 + nth, table: 254, scope: 253 } as const
    return {
      ...base,
      destination: `192.0.2.${16 * nth}/28`,
      ifindex,
      metric: nth,
      table: nth < 12 ? 254 : 100,
      scope: 253,
    } as const
  }

  /** An address in the subnet of one of ours, or one of its own. */
  #foreignAddress(ifname: string, nth: number): { address: string; prefixLength: number } {
    const { state } = this.network
    const ifindex = linkNamed(state, ifname)?.link.ifindex
    const [ours] = state.addresses.filter((held) => held.ifindex === ifindex && held.protocol === OUR_PROTOCOL)
    if (ours === undefined || nth % 3 === 0) return { address: `192.168.${nth}.7`, prefixLength: 24 }
    return {
      address: `${ours.address.slice(0, ours.address.lastIndexOf('.'))}.${100 + nth}`,
      prefixLength: ours.prefixLength,
    }
  }
}

function foreignRule(nth: number) {
  return {
    family: 4,
    priority: 50 + 100 * nth,
    from: `192.168.${nth}.0/24`,
    table: 500 + (nth % 4),
    protocol: FOREIGN_PROTOCOL,
  } as const
}

function pick<T>(items: readonly T[], nth: number): T[] {
  const item = items[nth % Math.max(1, items.length)]
  return item === undefined ? [] : [item]
}
