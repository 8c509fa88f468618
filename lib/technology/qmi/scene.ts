/** What the workers of one modem share. */

import type { PartContext } from '../plan.js'
import type { ModemArgs } from './args.js'
import type { Slot } from './channel.js'
import type { QmiRequest } from './codec/request.js'
import type { QmiProperty } from './properties.js'
import type { Schedule } from './schedule.js'

export interface ModemScene {
  readonly context: PartContext
  readonly args: ModemArgs
  readonly schedule: Schedule
  /** See QmiChannel.ask. */
  ask<Answer>(request: QmiRequest<Answer>, slot?: Slot): Promise<Answer>
  /** Publishes a property; undefined and null delete it. */
  tell(name: QmiProperty, value: unknown): void
  warn(text: string): void
}
