/** All power managers of one instance, by the name of their interface. They live as long as the instance. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { NetworkError } from '../errors.js'
import { PowerController, type SignOfLife } from './power-controller.js'
import type { Power, PowerInfo, PowerState } from './power-manager.js'
import type { ManagedPower } from './read-power-managers.js'

export interface PowerControllersDeps {
  readonly managers: ReadonlyMap<string, ManagedPower>
  readonly clock: Clock
  readonly logger: Logger
  readonly properties: {
    put(path: readonly string[], value: unknown): void
    delete(path: readonly string[]): void
  }
  /** Called when the watchdog's time is over. */
  signOfLife(ifname: string): SignOfLife
  onProblem(ifname: string, text: string | undefined): void
}

/** What an interface asks of power; nothing happens where the interface has no power manager. */
export interface InterfacePower {
  /** The interface is used, or it is not. */
  want(ifname: string, on: boolean): void
  /** Its hardware works, as a check has found out. */
  pet(ifname: string): void
  /** Switches it off and on again; false where there is no manager, or nothing to reset. */
  forceReset(ifname: string): boolean
  manages(ifname: string): boolean
}

export class PowerControllers implements InterfacePower {
  readonly #deps: PowerControllersDeps
  readonly #controllers = new Map<string, PowerController>()

  constructor(deps: PowerControllersDeps) {
    this.#deps = deps
    const { managers, clock, logger, properties } = deps
    for (const [ifname, { manager, watchdogTimeoutMs }] of managers) {
      const controller = new PowerController({
        ifname,
        manager,
        watchdogTimeoutMs,
        clock,
        logger,
        signOfLife: () => deps.signOfLife(ifname),
        onState: (state: PowerState) => properties.put(['interface', ifname, 'power'], state),
        onProblem: (text) => deps.onProblem(ifname, text),
      })
      this.#controllers.set(ifname, controller)
    }
  }

  /** Resolves when every manager is ready or given up; never rejects. */
  async start(): Promise<void> {
    await Promise.all([...this.#controllers.values()].map((controller) => controller.start()))
  }

  want(ifname: string, on: boolean): void {
    this.#controllers.get(ifname)?.want(on)
  }

  pet(ifname: string): void {
    this.#controllers.get(ifname)?.pet()
  }

  forceReset(ifname: string): boolean {
    return this.#controllers.get(ifname)?.forceReset() ?? false
  }

  manages(ifname: string): boolean {
    return this.#controllers.has(ifname)
  }

  info(ifname: string): PowerInfo | undefined {
    return this.#controllers.get(ifname)?.info()
  }

  /** The user's hands on one manager. @throws NetworkError ERR_UNSUPPORTED where the interface has none */
  power(ifname: string): Power {
    const controller = this.#controllers.get(ifname)
    if (controller === undefined) {
      const text = `${ifname} has no power manager; the option powerManagers gives it one`
      throw new NetworkError('ERR_UNSUPPORTED', text, { ifname, operation: 'power' })
    }
    return {
      petWatchdog: () => controller.pet(),
      forceReset: () => void controller.forceReset(),
      send: (message) => controller.send(message),
      info: () => controller.info(),
    }
  }

  /** Leaves every hardware as it is; resolves when no manager is being called. */
  async stop(): Promise<void> {
    await Promise.all([...this.#controllers.values()].map((controller) => controller.stop()))
    for (const ifname of this.#controllers.keys()) this.#deps.properties.delete(['interface', ifname, 'power'])
  }
}
