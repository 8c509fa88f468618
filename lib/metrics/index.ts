/** `vintage-net/metrics`: what an instance does, as metrics for Prometheus. Needs the package prom-client. */

import type { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { type Change, VERSION, type VintageNet } from '../index.js'
import type { Kernel, ProbeRequest } from '../kernel/index.js'
import { type FailoverState, INITIAL_FAILOVER_STATE, reduceFailover } from './failover.js'
import { probeBytes } from './probe-bytes.js'

/** Seconds; a failover by carrier takes milliseconds, one by silence of the hosts up to minutes. */
const FAILOVER_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

const CONNECTIONS = ['disconnected', 'lan', 'internet']
const STATES = ['configured', 'reconfiguring', 'configuring', 'retrying']

/** The metrics of one instance. docs/metrics.md explains each. */
export interface Metrics {
  /** Of the text. */
  readonly contentType: string
  /** The exposition format of Prometheus. */
  text(): Promise<string>
  /** The same kernel, whose probes, overruns and resyncs are counted: for the option `kernel` of the instance. */
  watchKernel(kernel: Kernel): Kernel
  /** Counts what the instance tells from now on. Ends with the instance. */
  watchInstance(net: Pick<VintageNet, 'subscribe' | 'match' | 'get'>): void
}

/** @throws (rejects) ERR_MODULE_NOT_FOUND where prom-client is not installed */
export async function startMetrics(): Promise<Metrics> {
  const client = await import('prom-client')
  const registry = new client.Registry()
  const make = {
    gauge: (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void): void => {
      new client.Gauge({
        name,
        help,
        labelNames,
        registers: [registry],
        collect() {
          collect(this)
        },
      })
    },
    counter: (name: string, help: string, labelNames: string[] = []): Counter =>
      new client.Counter({ name, help, labelNames, registers: [registry] }),
    histogram: (name: string, help: string, buckets: number[]): Histogram =>
      new client.Histogram({ name, help, buckets, registers: [registry] }),
  }
  return new InstanceMetrics(registry, make)
}

interface Makers {
  gauge(name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void): void
  counter(name: string, help: string, labelNames?: string[]): Counter
  histogram(name: string, help: string, buckets: number[]): Histogram
}

class InstanceMetrics implements Metrics {
  readonly #registry: Registry
  readonly #probes: Counter
  readonly #probeBytes: Counter
  readonly #overruns: Counter
  readonly #resyncs: Counter
  readonly #failovers: Counter
  readonly #failoverSeconds: Histogram
  readonly #restarts: Counter
  readonly #repairs: Counter
  readonly #changes: Counter
  readonly #checkpoints: Counter
  #net: Pick<VintageNet, 'match' | 'get'> | undefined
  #failover: FailoverState = INITIAL_FAILOVER_STATE

  constructor(registry: Registry, make: Makers) {
    this.#registry = registry
    this.#probes = make.counter('vintage_net_probes_total', 'TCP connects of checks and pings', [
      'interface',
      'outcome',
    ])
    this.#probeBytes = make.counter('vintage_net_probe_bytes_total', 'Bytes that those connects cost, calculated', [
      'interface',
    ])
    this.#overruns = make.counter('vintage_net_kernel_overruns_total', 'Times that the kernel dropped notifications')
    this.#resyncs = make.counter('vintage_net_kernel_resyncs_total', 'Times that everything was read anew after that')
    this.#failovers = make.counter(
      'vintage_net_failovers_total',
      'Changes to another interface because one became worse',
      ['from', 'to'],
    )
    this.#failoverSeconds = make.histogram(
      'vintage_net_failover_duration_seconds',
      'How long a failover took',
      FAILOVER_BUCKETS_S,
    )
    this.#restarts = make.counter(
      'vintage_net_daemon_restarts_total',
      'Daemons and other parts that ended and were started again',
      ['interface'],
    )
    this.#repairs = make.counter('vintage_net_repairs_total', 'Routes, rules and addresses that were put back', [
      'interface',
    ])
    this.#changes = make.counter('vintage_net_configuration_changes_total', 'Configurations that were taken', [
      'interface',
    ])
    this.#checkpoints = make.counter(
      'vintage_net_checkpoints_total',
      'Changes of several interfaces, and how they ended',
      ['outcome'],
    )
    this.#makeGauges(make)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  watchKernel(kernel: Kernel): Kernel {
    kernel.subscribe((changes) => {
      for (const { type } of changes) if (type === 'overrun') this.#overrun(kernel)
    })
    const probe: Kernel['probe'] = async (request, options) => {
      const result = await kernel.probe(request, options)
      this.#probed(request, result.outcome)
      return result
    }
    return new Proxy(kernel, {
      get(target, key) {
        if (key === 'probe') return probe
        const member: unknown = Reflect.get(target, key, target)
        // Methods with private state know only the object itself.
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  }

  watchInstance(net: Pick<VintageNet, 'subscribe' | 'match' | 'get'>): void {
    this.#net = net
    const available = net.get(['available_interfaces'], [])
    this.#failover = { ...INITIAL_FAILOVER_STATE, first: (available as string[])[0] }
    net.subscribe([], (change) => this.#changed(change))
  }

  #overrun(kernel: Kernel): void {
    this.#overruns.inc()
    kernel.settled().then(
      () => this.#resyncs.inc(),
      () => undefined,
    )
  }

  #probed({ ifname = '', address }: ProbeRequest, outcome: string): void {
    this.#probes.inc({ interface: ifname, outcome })
    this.#probeBytes.inc({ interface: ifname }, probeBytes(outcome, address.includes(':') ? 6 : 4))
  }

  #changed(change: Change): void {
    const { path, oldValue, newValue } = change
    const { state, failover } = reduceFailover(this.#failover, change)
    this.#failover = state
    if (failover !== undefined) {
      this.#failovers.inc({ from: failover.from, to: failover.to })
      this.#failoverSeconds.observe(failover.durationMs / 1_000)
    }
    const [root, ifname = '', key, ...deeper] = path
    if (root === 'checkpoints') return this.#ended(oldValue, newValue)
    if (root !== 'interface' || deeper.length > 0 || newValue === undefined) return
    if (key === 'restarts') this.#restarts.inc({ interface: ifname }, rise(oldValue, newValue))
    else if (key === 'repairs') this.#repairs.inc({ interface: ifname }, rise(oldValue, newValue))
    else if (key === 'config') this.#changes.inc({ interface: ifname })
  }

  #ended(before: unknown, after: unknown): void {
    const [old, now] = [before, after].map((counts) => (counts ?? {}) as Record<string, number>)
    const outcomes = { applied: 'applied', confirmed: 'confirmed', rolledBack: 'rolled_back' }
    for (const [key, outcome] of Object.entries(outcomes))
      this.#checkpoints.inc({ outcome }, rise(old?.[key], now?.[key]))
  }

  #makeGauges(make: Makers): void {
    make.gauge('vintage_net_info', 'The version of the package', ['version'], (gauge) =>
      gauge.set({ version: VERSION }, 1),
    )
    make.gauge('vintage_net_connection', '1 for the best connection of all interfaces', ['connection'], (gauge) =>
      setStates(gauge, 'connection', CONNECTIONS, { value: this.#net?.get(['connection']) }),
    )
    this.#perInterface(make, 'present', 'vintage_net_interface_present', '1 while the link exists')
    this.#perInterface(make, 'lower_up', 'vintage_net_interface_lower_up', '1 while the link has a carrier')
    this.#perState(
      make,
      'connection',
      'vintage_net_interface_connection',
      '1 for the connection of the interface',
      CONNECTIONS,
    )
    this.#perState(make, 'state', 'vintage_net_interface_state', '1 for the state of the interface', STATES)
  }

  #perInterface(make: Makers, key: string, name: string, help: string): void {
    make.gauge(name, help, ['interface'], (gauge) => {
      gauge.reset()
      for (const [ifname, value] of this.#values(key)) gauge.set({ interface: ifname }, value === true ? 1 : 0)
    })
  }

  #perState(make: Makers, key: string, name: string, help: string, words: readonly string[]): void {
    make.gauge(name, help, ['interface', key], (gauge) => {
      gauge.reset()
      for (const [ifname, value] of this.#values(key)) setStates(gauge, key, words, { value, interface: ifname })
    })
  }

  #values(key: string): (readonly [ifname: string, value: unknown])[] {
    return (this.#net?.match(['interface', '*', key]) ?? []).map(([path, value]) => [path[1] ?? '', value])
  }
}

function setStates(
  gauge: Gauge,
  label: string,
  words: readonly string[],
  { value, ...labels }: { readonly value: unknown; readonly interface?: string },
): void {
  for (const word of words) gauge.set({ ...labels, [label]: word }, word === value ? 1 : 0)
}

/** Counters never fall: what began anew counts from 0. */
function rise(before: unknown, after: unknown): number {
  const [old, now] = [Number(before ?? 0), Number(after ?? 0)]
  return now >= old ? now - old : now
}
