/** The gpioset processes in the background, found by their arguments (proc(5), /proc/PID/cmdline). */

import { readdirSync, readFileSync } from 'node:fs'
import type { Clock } from '../base/clock.js'
import { NetworkError } from '../errors.js'
import { baseName } from '../supervision/find-program.js'
import { type ProcessEntry, systemProcessTable } from '../supervision/process-table.js'

export interface LineHolders {
  /** Whether a gpioset with exactly these arguments runs. */
  find(args: readonly string[]): boolean
  /** Ends it; resolves when it is gone. @throws NetworkError ERR_PROGRAM_FAILED where it outlives that */
  end(args: readonly string[]): Promise<void>
}

const PROGRAM = 'gpioset'
/** gpioset ends at once. */
const POLL_MS = 20
/** Polls before it is killed, and before it is given up. */
const POLITE_POLLS_COUNT = 25
const MAX_POLLS_COUNT = 50

/** Those of this machine. */
export function systemLineHolders(clock: Clock): LineHolders {
  return {
    find: (args) => running(args).length > 0,
    async end(args) {
      for (const holder of running(args)) await end(holder, clock)
    },
  }
}

async function end(holder: ProcessEntry, clock: Clock): Promise<void> {
  const gone = (): boolean => {
    const now = systemProcessTable.find(holder.pid)
    return now === undefined || now.ended || now.startTime !== holder.startTime
  }
  for (let poll = 0; poll < MAX_POLLS_COUNT; poll += 1) {
    if (gone()) return
    if (poll === 0) systemProcessTable.signal(holder, 'SIGTERM')
    if (poll === POLITE_POLLS_COUNT) systemProcessTable.signal(holder, 'SIGKILL')
    await new Promise<void>((resolve) => {
      clock.setTimer(POLL_MS, resolve)
    })
  }
  if (!gone()) throw new NetworkError('ERR_PROGRAM_FAILED', `${PROGRAM}: process ${holder.pid} does not end`)
}

function running(args: readonly string[]): ProcessEntry[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .flatMap((pid) => {
      // Before the arguments, so that a pid that changes hands in between is not taken for the holder.
      const entry = systemProcessTable.find(pid)
      return entry !== undefined && !entry.ended && isHolder(pid, args) ? [entry] : []
    })
}

function isHolder(pid: number, args: readonly string[]): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    const at = words.length - args.length
    // A wrapper of gpioset has its interpreter in front.
    return at > 0 && baseName(words[at - 1] ?? '') === PROGRAM && args.every((arg, index) => words[at + index] === arg)
  } catch {
    return false
  }
}
