/** The addon as an engine that takes and gives objects: records are made and read here, and nowhere else. */

import { ENGINE_ABI, type EngineBinding, type EngineHandle, type EngineOptions } from '../engine-binding.js'
import { FOLLOW_SUBJECTS, type FollowSubject, type KernelEvent } from '../messages.js'
import { BatchDecoder } from './batch-decoder.js'
import { CommandEncoder } from './command-encoder.js'
import { Inbox } from './inbox.js'
import type { Schema } from './layout.js'

/**
 * What the engine fills before JavaScript is called: larger batches are handed over in pieces. A thousand events; small
 * enough to stay in the processor's cache, large enough for the longest record.
 */
const INBOX_BYTES = 256 * 1024

/** The addon's exports. */
export interface Addon {
  readonly abi: number
  readonly schema: Schema
  open(options: object, inbox: Uint8Array, onBatch: (bytes: number) => void): AddonHandle
}

interface AddonHandle {
  send(records: Uint8Array, urgent: boolean): void
  close(): void
}

/** The engine of one addon. */
export function nativeEngine(addon: Addon): EngineBinding {
  return {
    abi: ENGINE_ABI,
    schema: addon.schema,
    open: (options, onBatch) => openEngine(addon, options, onBatch),
  }
}

function openEngine(
  addon: Addon,
  { follow, ...options }: EngineOptions,
  onBatch: (events: readonly KernelEvent[]) => void,
): EngineHandle {
  const octets = new Uint8Array(INBOX_BYTES)
  const inbox = new Inbox(octets)
  const decoder = new BatchDecoder(addon.schema)
  const encoder = new CommandEncoder(addon.schema)
  const followed = follow === undefined ? {} : { follow: bitsOf(follow) }
  const handle = addon.open({ ...options, ...followed }, octets, (bytes) => {
    let failure: { readonly thrown: unknown } | undefined
    decoder.decode(inbox, bytes, (events) => {
      try {
        onBatch(events)
      } catch (thrown) {
        // Whoever goes on behind an uncaught exception must not have a gap in what it was told.
        failure ??= { thrown }
      }
    })
    if (failure !== undefined) throw failure.thrown
  })
  return {
    send: (commands, firstId, urgent) => handle.send(encoder.encode(commands, firstId), urgent),
    prepare: (command) => encoder.prepare(command),
    close: () => handle.close(),
  }
}

/** Bit n stands for subject n. */
function bitsOf(follow: readonly FollowSubject[]): number {
  return FOLLOW_SUBJECTS.reduce((bits, subject, index) => (follow.includes(subject) ? bits | (1 << index) : bits), 0)
}
