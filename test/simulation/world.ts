/** One simulated device with the library on it; carries out steps. */

import type { Logger } from '../../lib/base/logger.js'
import type { Kernel } from '../../lib/kernel/kernel.js'
import { FakeKernel } from '../../lib/testing/fake-kernel.js'
import { ScriptedDaemons } from '../../lib/testing/scripted-daemon.js'
import { SimulatedClock } from '../../lib/testing/simulated-clock.js'
import type { DiskView } from '../../lib/testing/simulated-disk.js'
import { VintageNet } from '../../lib/vintage-net.js'
import { Device, PERSISTENCE_DIR, RESOLV_CONF, TMP_DIR } from './device.js'
import { DEFAULTS, Expectation } from './expectation.js'
import { type LinkSettings, readLinkSettings } from './link-settings.js'
import { ProcessClock } from './process-clock.js'
import { untilQuiet } from './quiet.js'
import type { Action } from './step.js'
import { UdhcpcRun } from './udhcpc-script.js'
import { Violation } from './violation.js'

/** A part of the library is made faulty on purpose, to see an invariant fail. */
export interface Faults {
  kernel?(kernel: FakeKernel, world: World): Kernel
  view?(view: DiskView): DiskView
  /** Called when an instance has started. */
  started?(net: VintageNet, world: World): void
  /** Called before an orderly stop. */
  stopping?(net: VintageNet, world: World): void
}

/** Time enough for every back-off (300 s at most), a client's pause and three checks. */
export const HEALING_MS = 420_000
/** Time enough for daemons that ignore SIGTERM, and for the limits of down steps. */
const STOP_MS = 20_000

/** One process of the library. */
interface Process {
  readonly kernel: FakeKernel
  readonly clock: ProcessClock
  readonly view: DiskView
  readonly daemons: ScriptedDaemons
  readonly udhcpc: UdhcpcRun[]
  net: VintageNet | undefined
  failure: unknown
}

export class World {
  readonly clock = new SimulatedClock()
  readonly device = new Device(this.clock)
  readonly expectation = new Expectation()
  readonly #faults: Faults
  readonly #logger: Logger
  #process: Process | undefined
  /** What the links' settings were at the boot; a link that is not in it is to have those that it was plugged in with. */
  before: LinkSettings = new Map()
  /** Since the boot a disk or a kernel has refused something: what a killed process had overwritten may be unknown, or stay. */
  #hasRefused = false
  #hasCrashed = false
  /** The library was called, or started, since somebody last looked at what came of it. */
  wasConfigured = true

  constructor(faults: Faults, logger: Logger) {
    this.#faults = faults
    this.#logger = logger
  }

  get net(): VintageNet | undefined {
    return this.#process?.net
  }

  get process(): Process {
    if (this.#process === undefined) throw new Error('no process')
    return this.#process
  }

  /** Whether all that a plan has overwritten can be put back: a killed process may have failed to note it, a start to do it. */
  get isAllNoted(): boolean {
    return !(this.#hasRefused && this.#hasCrashed)
  }

  /** The first boot. */
  async boot(): Promise<void> {
    this.device.boot()
    await this.#start(true)
  }

  /** Carries out one action; resolves when it has begun, or for `wait` and those that end a process, when it is over. */
  async apply(action: Action): Promise<void> {
    const { device } = this
    const { kernel } = this.process
    switch (action.do) {
      case 'plug':
      case 'unplug':
      case 'cable':
      case 'rename':
      case 'foreign':
        return device.apply(kernel, action)
      case 'overrun':
        return kernel.lab.overrun(() => {
          for (const step of action.unheard) device.apply(kernel, step)
        })
      case 'server': {
        const server = device.adapters[action.adapter]?.server
        if (server !== undefined)
          Object.assign(server, { answering: action.answering, subnet: action.subnet, leaseS: action.leaseS })
        return
      }
      case 'beyond': {
        const adapter = device.adapters[action.adapter]
        if (adapter !== undefined) adapter.beyond = action.answer
        return
      }
      case 'refuse':
        this.#hasRefused = true
        return device.network.refuseOurs(action.types, action.errno)
      case 'disk':
        this.#hasRefused = true
        return device.disk.fail(action.code, action.operations)
      case 'wait':
        return this.clock.advance(action.ms)
      case 'report':
      case 'kill':
        return this.#daemon(action)
      case 'configure':
      case 'deconfigure':
      case 'reset':
      case 'metrics':
        return this.#call(action)
      case 'crash':
        this.#hasCrashed = true
        this.#kill()
        return this.#start(false)
      case 'powerCut':
        this.#kill()
        device.disk.powerCut(action.lasting)
        device.boot()
        return this.#start(true)
      case 'restart':
        await this.stop()
        return this.#start(false)
      case 'heal':
        device.mend(kernel)
        return this.clock.advance(HEALING_MS)
    }
  }

  /** An orderly stop, to its end. */
  async stop(): Promise<void> {
    const { net } = this.process
    if (net === undefined) return
    this.#faults.stopping?.(net, this)
    let stopped = false
    const stopping = net.stop().then(() => {
      stopped = true
    })
    await untilQuiet()
    if (!stopped) await this.clock.advance(STOP_MS)
    if (!stopped) throw new Violation('stop ends', `it has not ended within ${STOP_MS} ms`)
    await stopping
    this.process.net = undefined
  }

  async close(): Promise<void> {
    this.#kill()
    await untilQuiet()
  }

  #kill(): void {
    const process = this.#process
    if (process === undefined) return
    process.net = undefined
    process.view.kill()
    process.clock.kill()
    for (const child of process.daemons.children) child.die('SIGKILL')
    process.kernel.close().catch(() => undefined)
  }

  async #start(booted: boolean): Promise<void> {
    const { device } = this
    if (this.#process !== undefined) this.#kill()
    await untilQuiet()
    const complaints = await this.expectation.readDisk(device.disk)
    if (complaints.length > 0) throw new Violation('saved files are old or new', complaints.join('; '))
    const process = this.#makeProcess()
    this.#process = process
    if (booted) device.plugAll(process.kernel)
    await untilQuiet()
    if (booted) {
      this.before = readLinkSettings(device.network.state)
      this.#hasCrashed = false
      // A disk that refuses goes on doing so.
      this.#hasRefused = device.disk.failing
    }
    const kernel = this.#faults.kernel?.(process.kernel, this) ?? process.kernel
    const { clock, view, daemons } = process
    VintageNet.start({
      kernel,
      clock,
      fileSystem: this.#faults.view?.(view) ?? view,
      spawn: daemons.spawn,
      logger: this.#logger,
      tmpDir: TMP_DIR,
      persistenceDir: PERSISTENCE_DIR,
      resolvConf: RESOLV_CONF,
      internetHostList: [{ host: '198.51.100.1', port: 53 }],
      config: { ...DEFAULTS } as never,
    }).then(
      (net) => {
        process.net = net
      },
      (thrown: unknown) => {
        process.failure = thrown
      },
    )
    await untilQuiet()
    if (process.net === undefined) throw new Violation('every start succeeds', String(process.failure))
    this.wasConfigured = true
    const { net } = process
    this.#faults.started?.(net, this)
    await this.expectation.started(device.disk, (ifname, config) => net.plan(ifname, config).source)
  }

  #makeProcess(): Process {
    const { device } = this
    const clock = new ProcessClock(this.clock)
    const kernel = new FakeKernel({ clock, network: device.network })
    kernel.lab.probes((request) => device.probe(request))
    const daemons = new ScriptedDaemons()
    const udhcpc: UdhcpcRun[] = []
    daemons.on('udhcpc', (child) => {
      udhcpc.push(new UdhcpcRun(child, clock, (ifname) => device.serverOf(ifname)))
    })
    return { kernel, clock, view: device.disk.view(), daemons, udhcpc, net: undefined, failure: undefined }
  }

  #daemon(action: Extract<Action, { do: 'report' | 'kill' }>): void {
    const { daemons, udhcpc } = this.process
    if (action.do === 'kill') {
      for (const child of daemons.running('udhcpc')) {
        if (!child.request.args.includes(action.ifname)) continue
        if (action.exitCode === undefined) child.die('SIGKILL')
        else child.exit(action.exitCode)
      }
      return
    }
    const run = udhcpc.findLast(({ ifname }) => ifname === action.ifname)
    run?.report(action.event)
  }

  /** Calls the library as a program would; what comes of it is heard of later. */
  #call(action: Extract<Action, { do: 'configure' | 'deconfigure' | 'reset' | 'metrics' }>): void {
    const { process, expectation } = this
    const { net } = process
    if (net === undefined) return
    if (action.do === 'metrics') return net.refreshRouteMetrics()
    this.wasConfigured = true
    const { ifname } = action
    const { config, saved, persist, call } = prepare(net, action)
    expectation.wanted.set(ifname, config)
    if (persist) expectation.saving(ifname, saved)
    call().then(
      () => {
        if (process.net !== net || !persist) return
        const persistence = net.get(['interface', ifname, 'persistence'])
        if (persistence === (saved === undefined ? 'not-saved' : 'saved')) expectation.saved(ifname, saved)
      },
      (thrown: unknown) => {
        // A stop may come before the call's turn; anything else shows as a configuration that is not the wanted one.
        if (process.net === net) this.#logger.error({ ifname }, String(thrown))
      },
    )
  }
}

interface Call {
  /** What is wanted from now on. */
  readonly config: unknown
  /** What the disk is to hold. */
  readonly saved: unknown
  readonly persist: boolean
  call(): Promise<void>
}

function prepare(net: VintageNet, action: Extract<Action, { do: 'configure' | 'deconfigure' | 'reset' }>): Call {
  const { ifname } = action
  const normal = (config: unknown): unknown => net.plan(ifname, config).source
  switch (action.do) {
    case 'configure': {
      const { config, persist } = action
      const wanted = normal(config)
      return { config: wanted, saved: wanted, persist, call: () => net.configure(ifname, config, { persist }) }
    }
    case 'deconfigure': {
      const { persist } = action
      const wanted = normal({ type: 'null', reason: 'interface deconfigured' })
      return { config: wanted, saved: wanted, persist, call: () => net.deconfigure(ifname, { persist }) }
    }
    case 'reset': {
      const config = normal(DEFAULTS[ifname] ?? { type: 'null', reason: 'no default configuration' })
      return { config, saved: undefined, persist: true, call: () => net.resetToDefaults(ifname) }
    }
  }
}
