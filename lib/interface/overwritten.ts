/**
 * Values that a plan or a lease overwrites (MTU, MAC address, sysctls), noted on disk before they are, so that a start
 * after a crash can put back what nothing sets any more, and so that the first value stays the one to put back.
 */

import type { Logger } from '../base/logger.js'
import { NetworkError } from '../errors.js'
import type { Kernel, MirrorReader } from '../kernel/kernel.js'
import type { KernelCommand, SetLink } from '../kernel/messages.js'
import type { Ledger } from '../supervision/ledger.js'
import type { OverwrittenRecord, RestoreCommand } from '../supervision/ledger-format.js'
import type { Plan } from '../technology/plan.js'
import { ignoreDeadRoutes } from './ignore-dead-routes.js'
import { settingKey } from './step-subject.js'

/** Where the notes are kept. */
export type OverwrittenNotes = Pick<Ledger, 'overwritten' | 'addOverwritten' | 'removeOverwritten'>

/** What a command overwrites a value of, undefined where none that is put back. */
export function overwrittenKey(command: KernelCommand): string | undefined {
  if (command.type !== 'setSysctl' && command.type !== 'setLink') return undefined
  return settingKey(command) ?? (command.type === 'setLink' ? `link ${linkAttributes(command)}` : undefined)
}

/** All that carrying out the plan overwrites. */
export function keysOverwrittenBy(plan: Plan): Set<string> {
  const own = plan.up.flatMap((step) => (step.type === 'kernel' ? (overwrittenKey(step.command) ?? []) : []))
  const others =
    plan.up.length === 0 ? [] : ignoreDeadRoutes(plan.ifname).map((command) => overwrittenKey(command) ?? '')
  return new Set([...own, ...others])
}

/** Which link a command is about, and what it sets. */
function linkAttributes({ ifname, ifindex, macAddress, mtu }: SetLink): string {
  return [ifname ?? ifindex, macAddress === undefined ? '' : 'mac', mtu === undefined ? '' : 'mtu'].join(' ')
}

/** The notes of one interface. */
export class Overwritten {
  readonly #ifname: string
  readonly #mirror: MirrorReader
  readonly #notes: OverwrittenNotes

  constructor(ifname: string, mirror: MirrorReader, notes: OverwrittenNotes) {
    this.#ifname = ifname
    this.#mirror = mirror
    this.#notes = notes
  }

  /** The command that puts the value back, where one is noted, by this run or one before a crash. */
  noted(key: string): RestoreCommand | undefined {
    const record = this.#notes.overwritten.find((one) => one.key === key)
    return record !== undefined && sameLink(record, this.#mirror) ? record.restore : undefined
  }

  /** Resolves when it is noted how the value is put back: only then it may be overwritten. */
  async note(key: string, restore: RestoreCommand): Promise<void> {
    if (this.noted(key) !== undefined) return
    await this.#notes.removeOverwritten([key])
    const ifindex = this.#mirror.linkByName(this.#ifname)?.ifindex
    await this.#notes.addOverwritten({
      ifname: this.#ifname,
      key,
      restore,
      ...(ifindex === undefined ? {} : { ifindex }),
    })
  }

  /** The values are back, or went with their link. */
  forget(keys: readonly string[]): Promise<void> {
    return this.#notes.removeOverwritten(keys)
  }
}

export interface RestoreDeps {
  readonly kernel: Kernel
  readonly notes: OverwrittenNotes
  readonly logger: Logger
  /** The plan that the interface is about to get. */
  planOf(ifname: string): Plan | undefined
}

/** After a crash: puts back what no plan sets any more. Values of links that are gone went with them. */
export async function restoreOverwritten({ kernel, notes, logger, planOf }: RestoreDeps): Promise<void> {
  for (const record of [...notes.overwritten].reverse()) {
    const { ifname, key, restore } = record
    const plan = planOf(ifname)
    const isSameLink = sameLink(record, kernel.mirror)
    if (isSameLink && plan !== undefined && keysOverwrittenBy(plan).has(key)) continue
    if (isSameLink) {
      const results = await kernel.send(commandsOf(restore, kernel.mirror))
      const result = results.find((one) => one instanceof NetworkError)
      if (result instanceof NetworkError) {
        // The note stays: another start may be luckier.
        logger.warn({ ifname, key }, `a value of an earlier run cannot be put back: ${result.message}`)
        continue
      }
      logger.info({ ifname, key }, 'put back a value that an earlier run had overwritten')
    }
    await notes.removeOverwritten([key])
  }
}

/** Many drivers change no MAC address while the link is up, and the kernel's link-local address follows only when it comes up. */
function commandsOf(restore: RestoreCommand, mirror: MirrorReader): KernelCommand[] {
  if (restore.type !== 'setLink' || restore.macAddress === undefined) return [restore]
  const { ifname } = restore
  if (mirror.linkByName(ifname)?.up !== true) return [restore]
  return [{ type: 'setLink', ifname, up: false }, restore, { type: 'setLink', ifname, up: true }]
}

/** A link that was unplugged took its values along, and another one may have its name. */
function sameLink({ ifname, ifindex }: OverwrittenRecord, mirror: MirrorReader): boolean {
  return ifindex === undefined || mirror.linkByName(ifname)?.ifindex === ifindex
}
