/** Runs the services of one plan: daemons and parts, in order, gated by the carrier where the plan says so. */

import { assertNever } from '../base/assert.js'
import type { HostFileSystem } from '../base/file-system.js'
import { udhcpcReader, withRequestedAddress } from '../dhcp/client.js'
import type { UdhcpcHandler } from '../dhcp/udhcpc-handler.js'
import type { UdhcpdHandler } from '../dhcp/udhcpd-handler.js'
import { messageOf } from '../errors.js'
import type { DaemonCommand } from '../supervision/child.js'
import { GatedService } from '../supervision/gated-service.js'
import type { ProgramDeps } from '../supervision/program-deps.js'
import { type Service, ServiceGroup, type ServiceState } from '../supervision/service-group.js'
import { daemonService } from '../supervision/supervisor.js'
import type { DaemonService, PartService, Plan, StepContext } from '../technology/plan.js'
import type { HeldAddresses } from './held-addresses.js'
import { LeaseKeeper, type LeaseSettings } from './lease-keeper.js'
import type { Reasons } from './reasons.js'
import { ServedLeases } from './served-leases.js'

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
}

/** One life: started once, stopped once. */
export class InterfaceServices {
  readonly #plan: Plan
  readonly #options: InterfaceServicesOptions
  readonly #group: ServiceGroup
  readonly #gates: GatedService[] = []
  readonly #problems = new Map<string, string>()
  #lease: LeaseKeeper | undefined
  readonly #served: ServedLeases[] = []
  #carrier = false

  constructor(plan: Plan, options: InterfaceServicesOptions) {
    this.#plan = plan
    this.#options = options
    const { clock, logger } = options.context
    const judge = typeof plan.connectivity === 'object' ? [plan.connectivity] : []
    this.#group = new ServiceGroup({
      services: [...plan.services, ...judge].map((service) => this.#service(service)),
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

  /** Resolves when every service has ended and what a lease brought is withdrawn. */
  async stop(): Promise<void> {
    await this.#group.stop()
    await this.#lease?.withdraw()
    for (const served of this.#served) await served.stop()
    this.#options.reasons.set('service', undefined)
  }

  /** The link's carrier came or went. Called inside the kernel's turn. */
  carrier(lowerUp: boolean): void {
    if (lowerUp === this.#carrier) return
    this.#carrier = lowerUp
    if (lowerUp) this.#lease?.carrierBack()
    else this.#lease?.carrierLost()
    for (const gate of this.#gates) gate.setOpen(lowerUp).catch((thrown: unknown) => this.#log(thrown))
  }

  #service(service: DaemonService | PartService): Service {
    switch (service.type) {
      case 'daemon':
        return this.#daemon(service)
      case 'part':
        return partService(service, this.#options.context)
      default:
        return assertNever(service)
    }
  }

  #daemon(daemon: DaemonService): Service {
    const ifname = this.#plan.ifname
    const lease = daemon.events === 'udhcpc' ? this.#leaseKeeper() : undefined
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
        ...(lease === undefined ? this.#serverHooks(daemon) : { openStdout: () => this.#udhcpcReader(lease) }),
      },
      daemon.name,
    )
    if (daemon.whileLowerUp !== true) return inner
    const gate = new GatedService(inner, this.#carrier)
    this.#gates.push(gate)
    return gate
  }

  #leaseKeeper(): LeaseKeeper {
    const { context, carrierGraceMs, udhcpcHandler, addresses } = this.#options
    this.#lease ??= new LeaseKeeper({
      context,
      settings: leaseSettings(this.#plan.source),
      carrierGraceMs,
      handler: udhcpcHandler,
      addresses,
      onProblem: (text) => this.#problem('lease', text),
    })
    return this.#lease
  }

  #serverHooks({ events, leaseFile }: DaemonService): Pick<DaemonCommand, 'openStdout' | 'onLine'> {
    if (events !== 'udhcpd' || leaseFile === undefined) return {}
    const { context, fs, udhcpdHandler } = this.#options
    const onProblem = (text: string | undefined) => this.#problem('leases', text)
    const served = new ServedLeases({ context, fs, handler: udhcpdHandler, leaseFile, onProblem })
    this.#served.push(served)
    return served.hooks
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
    this.#problem(state.name, state.running ? undefined : state.reason)
  }

  #problem(name: string, text: string | undefined): void {
    if (text === undefined) this.#problems.delete(name)
    else this.#problems.set(name, text)
    this.#options.reasons.set('service', [...this.#problems.values()].join('; '))
  }

  #log(thrown: unknown): void {
    this.#options.context.logger.error({ ifname: this.#plan.ifname }, `services: ${messageOf(thrown)}`)
  }
}

function partService(part: PartService, context: StepContext): Service {
  let running: AsyncDisposable | undefined
  return {
    name: part.name,
    async start(_onEnd, signal) {
      const started = await part.start(part.args, { ...context, signal })
      running = started
    },
    async stop() {
      const ending = running
      running = undefined
      await ending?.[Symbol.asyncDispose]()
    },
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
