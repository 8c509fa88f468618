/** Keeps a daemon running. */

import { Child, type DaemonCommand } from './child.js'
import { baseName } from './find-program.js'
import type { ProgramDeps } from './program-deps.js'
import { type Service, ServiceGroup, type ServiceState } from './service-group.js'

/** A daemon as a service of a group. Each start is a new process. */
export function daemonService(deps: ProgramDeps, command: DaemonCommand, name = baseName(command.program)): Service {
  let child: Child | undefined
  return {
    name,
    async start(onEnd, signal) {
      const started = await Child.start(deps, command, onEnd)
      child = started
      // The group was stopped while the program was looked up, and may have given up waiting for this start.
      if (signal.aborted) await started.stop()
    },
    async stop() {
      const running = child
      child = undefined
      await running?.stop()
    },
  }
}

export interface SupervisorOptions {
  readonly command: DaemonCommand
  readonly onState?: ((state: ServiceState) => void) | undefined
}

/**
 * Keeps one daemon running by itself: whatever its status, it is started again after a wait that grows from end to end.
 * A missing program is tried again in the same way.
 */
export class Supervisor implements AsyncDisposable {
  readonly #group: ServiceGroup

  constructor(deps: ProgramDeps, options: SupervisorOptions) {
    this.#group = new ServiceGroup({
      services: [daemonService(deps, options.command)],
      strategy: 'one-for-one',
      clock: deps.clock,
      logger: deps.logger,
      onState: options.onState,
    })
  }

  /** Resolves when the daemon runs or waits to be tried again; never rejects. */
  start(): Promise<void> {
    return this.#group.start()
  }

  /** Resolves when the process is gone. */
  stop(): Promise<void> {
    return this.#group.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
