/** The boundary to the engine: what the addon exports, and what a fake of it must look like. */

import type { EngineCommand, FollowSubject, KernelEvent } from './messages.js'

/** Version of the vocabulary in messages.ts; the addon carries the same number, compared at load. */
export const ENGINE_ABI = 3

/** Which network namespace the engine's thread enters, and its socket buffer. */
export interface EngineOptions {
  /** Path of a network namespace, such as `/run/netns/lab`. */
  readonly netns?: string
  readonly receiveBufferBytes?: number
  /** Whose notifications are heard; default: links, addresses, routes, rules, nexthops. Links always. */
  readonly follow?: readonly FollowSubject[]
}

/** One running engine. */
export interface EngineHandle {
  /**
   * Queues the commands, all or none, under consecutive ids, and returns; nothing is delivered from inside. Urgent ones go
   * before everything that waits and is not.
   */
  send(commands: readonly EngineCommand[], firstId: number, urgent: boolean): void
  /** The command will be sent as it is now, perhaps often: whatever can be done ahead is done now. */
  prepare?(command: EngineCommand): void
  /** Ends the engine and joins its thread; harmless when called again. No batch follows. */
  close(): void
}

/** What opens engines: the addon, or a fake. */
export interface EngineBinding {
  readonly abi: number
  /** The engine's field tables, for comparison with messages.ts. */
  readonly schema: unknown
  open(options: EngineOptions, onBatch: (events: readonly KernelEvent[]) => void): EngineHandle
}
