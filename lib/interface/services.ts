/** Runs the services of one plan: daemons and parts, in order, gated by the carrier where the plan says so. */

import { assertNever } from '../base/assert.js'
import type { HostFileSystem } from '../base/file-system.js'
import { udhcpcReader, withRequestedAddress } from '../dhcp/client.js'
import type { UdhcpcHandler } from '../dhcp/udhcpc-handler.js'
import type { UdhcpdHandler } from '../dhcp/udhcpd-handler.js'
import { messageOf } from '../errors.js'
import { GatedService } from '../supervision/gated-service.js'
import type { ProgramDeps } from '../supervision/program-deps.js'
import { type Service, ServiceGroup, type ServiceState } from '../supervision/service-group.js'
import { daemonService } from '../supervision/supervisor.js'
import { NAME_SERVERS, ROUTES } from '../technology/ip/steps.js'
import type { DaemonService, Plan, Service as PlannedService, StepContext } from '../technology/plan.js'
import { maskSupplicantLine } from '../technology/wifi/supplicant/mask-line.js'
import type { Difference } from './compare-plans.js'
import { equalServices, servicesOf } from './compare-services.js'
import type { HeldAddresses } from './held-addresses.js'
import { type KeptFromLease, LeaseKeeper, type LeaseSettings } from './lease-keeper.js'
import type { Overwritten } from './overwritten.js'
import type { Reasons } from './reasons.js'
import { type PartOffers, type PartPowers, RunningPart } from './running-part.js'
import { ServedLeases } from './served-leases.js'
import { subjectOf } from './step-subject.js'

export interface InterfaceServicesDeps {
  readonly programs: ProgramDeps
  readonly fs: HostFileSystem
  readonly carrierGraceMs: number
  readonly udhcpcHandler: Partial<UdhcpcHandler>
  readonly udhcpdHandler: Partial<UdhcpdHandler>
}

/** What belongs to one interface; everything else is the same for all. */
export interface InterfaceServicesOptions extends InterfaceServicesDeps {
  readonly context: StepContext
  readonly reasons: Reasons
  readonly addresses: HeldAddresses
  readonly overwritten: Overwritten
  readonly resolveOutside: PartPowers['resolveOutside']
  /** A service has ended by itself, or did not start, and is started again. */
  onRestart(): void
  /** What parts may do, at the moment that one is made. */
  readonly offers: () => PartOffers
}

/** A service of the plan, and what runs it. */
interface Runner {
  readonly planned: PlannedService
  readonly service: Service
  readonly gate?: GatedService | undefined
  /** Opened and closed by parts. */
  readonly held?: GatedService | undefined
  readonly served?: ServedLeases | undefined
  readonly part?: RunningPart | undefined
}

/** One life: started once, stopped once; the plan may change in between. */
export class InterfaceServices {
  #plan: Plan
  readonly #options: InterfaceServicesOptions
  readonly #group: ServiceGroup
  #runners: readonly Runner[]
  readonly #problems = new Map<string, string>()
  /** Daemons that a part has opened, by name; one that is made anew finds what was said before. */
  readonly #opened = new Set<string>()
  #lease: LeaseKeeper | undefined
  #carrier = false

  constructor(plan: Plan, options: InterfaceServicesOptions) {
    this.#plan = plan
    this.#options = options
    const { clock, logger } = options.context
    this.#runners = servicesOf(plan).map((service) => this.#runner(service))
    this.#group = new ServiceGroup({
      services: this.#runners.map(({ service }) => service),
      strategy: plan.restart,
      clock,
      logger,
      onState: (state) => this.#onState(state),
    })
  }

  /** Returns at once; a service that does not start is tried again, and the reason tells. */
  start(): void {
    this.#group.start().catch((thrown: unknown) => this.#log(thrown))
  }

  /** First half of a change: ends what the new plan has not. What a lease brought stays until `adopt`. */
  async retire({ stop }: Difference, next: Plan): Promise<void> {
    const ending = new Set(stop)
    const retired = this.#runners.filter(({ planned }) => ending.has(planned))
    await this.#group.retire(new Set(retired.map(({ service }) => service)))
    for (const { served } of retired) await served?.stop()
    this.#runners = this.#runners.filter((runner) => !retired.includes(runner))
    if (!servicesOf(next).some(hasLease)) await this.#lease?.freeze()
    if (leaseSettings(next.source).ownMtu === true) await this.#lease?.restoreMtu()
  }

  /** Second half: starts what is new, in order, and takes away what of a lease nothing replaces. */
  async adopt({ start }: Difference, next: Plan): Promise<void> {
    this.#plan = next
    const services = servicesOf(next)
    if (services.some(hasLease)) await this.#lease?.use(leaseSettings(next.source))
    else {
      await this.#lease?.withdraw(keptOf(next))
      this.#lease = undefined
      this.#problem('lease', undefined)
    }
    const starting = new Set(start)
    const kept = [...this.#runners]
    this.#runners = services.map((planned) => {
      const index = starting.has(planned) ? -1 : kept.findIndex((runner) => equalServices(runner.planned, planned))
      const [known] = index < 0 ? [] : kept.splice(index, 1)
      return known === undefined ? this.#runner(planned) : { ...known, planned }
    })
    this.#group
      .adopt(
        this.#runners.map(({ service }) => service),
        next.restart,
      )
      .catch((thrown: unknown) => this.#log(thrown))
  }

  /** Resolves when every service has ended and what a lease brought is withdrawn. */
  async stop(): Promise<void> {
    await this.#group.stop()
    await this.#lease?.withdraw()
    for (const { served } of this.#runners) await served?.stop()
    this.#options.reasons.set('service', undefined)
  }

  /** The link's carrier came or went. Called inside the kernel's turn. */
  carrier(lowerUp: boolean): void {
    if (lowerUp === this.#carrier) return
    this.#carrier = lowerUp
    if (lowerUp) this.#lease?.carrierBack()
    else this.#lease?.carrierLost()
    for (const { gate } of this.#runners) gate?.setOpen(lowerUp).catch((thrown: unknown) => this.#log(thrown))
  }

  /** What the running part of that name has started with. */
  part(name: string): AsyncDisposable | undefined {
    return this.#runners.find(({ planned, part }) => part !== undefined && planned.name === name)?.part?.running
  }

  /** Whether there is a DHCP client, and a carrier for it. */
  get canRenewLease(): boolean {
    return this.#carrier && this.#leaseGates().length > 0
  }

  /** Starts the DHCP client anew: it asks all servers for its address, and what it holds stays until one answers. */
  async renewLease(): Promise<void> {
    for (const gate of this.#leaseGates()) {
      await gate.setOpen(false)
      await gate.setOpen(this.#carrier)
    }
  }

  #leaseGates(): GatedService[] {
    return this.#runners.flatMap(({ planned, gate }) => (gate !== undefined && hasLease(planned) ? [gate] : []))
  }

  #runner(planned: PlannedService): Runner {
    switch (planned.type) {
      case 'daemon':
        return this.#daemon(planned)
      case 'part': {
        const part = new RunningPart(planned, this.#options.context, () => ({
          ...this.#options.offers(),
          addresses: this.#options.addresses,
          resolveOutside: this.#options.resolveOutside,
          judges: isJudge(planned, this.#plan),
          setProblem: (text) => this.#problem(`${planned.name} at work`, text),
          failService: (name, reason) => this.#fail(name, reason),
          setOpen: (name, open) => this.#setOpen(name, open),
        }))
        return { planned, service: part, part }
      }
      default:
        return assertNever(planned)
    }
  }

  /** A part says that a service of its plan runs no more as it should. */
  #fail(name: string, reason: string): void {
    const runner = this.#runners.find(({ planned }) => planned.name === name)
    if (runner !== undefined) this.#group.fail(runner.service, reason)
    else this.#options.context.logger.error({ service: name }, `no such service to start anew: ${reason}`)
  }

  /** A part lets a daemon run, or keeps it from running. */
  #setOpen(name: string, open: boolean): void {
    if (open === this.#opened.has(name)) return
    if (open) this.#opened.add(name)
    else this.#opened.delete(name)
    const held = this.#runners.find(({ planned }) => planned.name === name)?.held
    held?.setOpen(open).catch((thrown: unknown) => this.#log(thrown))
  }

  #daemon(daemon: DaemonService): Runner {
    const ifname = this.#plan.ifname
    const lease = hasLease(daemon) ? this.#leaseKeeper() : undefined
    const served = this.#servedLeases(daemon)
    const { reader } = daemon
    const inner = daemonService(
      this.#options.programs,
      {
        program: daemon.program,
        args: () => {
          lease?.daemonStarting()
          const held = lease?.heldAddress
          return held === undefined ? daemon.args : withRequestedAddress(daemon.args, held)
        },
        ifname,
        ...(reader === undefined ? {} : { openRun: () => reader.open(reader.args, this.#options.context) }),
        ...(daemon.secrets === 'supplicant' ? { maskLine: maskSupplicantLine } : {}),
        ...(lease === undefined ? served?.hooks : { openStdout: () => this.#udhcpcReader(lease) }),
      },
      daemon.name,
    )
    if (daemon.whileOpened === true) {
      const held = new GatedService(inner, this.#opened.has(daemon.name))
      return { planned: daemon, service: held, held, served }
    }
    if (daemon.whileLowerUp !== true) return { planned: daemon, service: inner, served }
    const gate = new GatedService(inner, this.#carrier)
    return { planned: daemon, service: gate, gate, served }
  }

  #leaseKeeper(): LeaseKeeper {
    const { context, carrierGraceMs, udhcpcHandler, addresses, overwritten } = this.#options
    this.#lease ??= new LeaseKeeper({
      context,
      settings: leaseSettings(this.#plan.source),
      carrier: this.#carrier,
      carrierGraceMs,
      handler: udhcpcHandler,
      addresses,
      overwritten,
      onProblem: (text) => this.#problem('lease', text),
    })
    return this.#lease
  }

  #servedLeases({ events, leaseFile }: DaemonService): ServedLeases | undefined {
    if (events !== 'udhcpd' || leaseFile === undefined) return undefined
    const { context, fs, udhcpdHandler } = this.#options
    const onProblem = (text: string | undefined) => this.#problem('leases', text)
    return new ServedLeases({ context, fs, handler: udhcpdHandler, leaseFile, onProblem })
  }

  #udhcpcReader(lease: LeaseKeeper): (chunk: Uint8Array) => void {
    return udhcpcReader({
      ifname: this.#plan.ifname,
      logger: this.#options.context.logger,
      onReport: (report) => {
        lease.report(report).catch((thrown: unknown) => this.#log(thrown))
      },
    })
  }

  #onState(state: ServiceState): void {
    if (!state.running && state.reason !== undefined && state.because === undefined) this.#options.onRestart()
    // What another one's end took along has no reason of its own.
    this.#problem(state.name, state.running || state.because !== undefined ? undefined : state.reason)
  }

  #problem(name: string, text: string | undefined): void {
    if (text === undefined || text === '') this.#problems.delete(name)
    else this.#problems.set(name, text)
    this.#options.reasons.set('service', [...this.#problems.values()].join('; '))
  }

  #log(thrown: unknown): void {
    this.#options.context.logger.error({ ifname: this.#plan.ifname }, `services: ${messageOf(thrown)}`)
  }
}

/** Read whenever a part starts: an equal part may stand in another plan by then. */
function isJudge(part: PlannedService, { connectivity }: Plan): boolean {
  return typeof connectivity === 'object' && equalServices(part, connectivity)
}

function hasLease(service: PlannedService): boolean {
  return service.type === 'daemon' && service.events === 'udhcpc'
}

/** What a plan sets itself, so that it is not to be withdrawn with a lease. */
function keptOf({ up }: Plan): KeptFromLease {
  const keys = new Set(up.flatMap((step) => subjectOf(step)?.key ?? []))
  return {
    addresses: up.flatMap((step) =>
      step.type === 'kernel' && (step.command.type === 'replaceAddress' || step.command.type === 'addAddress')
        ? [step.command]
        : [],
    ),
    routes: keys.has(`step ${ROUTES}`),
    nameServers: keys.has(`step ${NAME_SERVERS}`),
  }
}

/** What the configuration says about using a lease. */
function leaseSettings(source: unknown): LeaseSettings {
  const config = source as
    | { readonly ipv4?: LeaseSettings; readonly metric?: number; readonly mtu?: number }
    | undefined
  const { ignoreDns, ignoreGateway } = config?.ipv4 ?? {}
  return { ignoreDns, ignoreGateway, metric: config?.metric, ownMtu: config?.mtu !== undefined }
}
