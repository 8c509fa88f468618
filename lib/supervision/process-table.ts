/** The kernel's process table, read from /proc (proc(5)): who runs, since when, and who carries our mark. */

import { readdirSync, readFileSync } from 'node:fs'
import type { Signal } from './spawn.js'

/** Variable in the environment of every child: it names the instance that owns the child. */
export const OWNER_VARIABLE = 'VINTAGE_NET_OWNER'

/** A process; pid and start time together name it, whatever happens to the pid later. */
export interface ProcessEntry {
  readonly pid: number
  /** Clock ticks after boot (field 22 of /proc/PID/stat). */
  readonly startTime: number
  readonly processGroup: number
  /** The kernel's name of the program, at most 15 characters. */
  readonly program: string
  /** It has ended and only waits for its parent to take notice. */
  readonly ended: boolean
}

export interface ProcessTable {
  find(pid: number): ProcessEntry | undefined
  /** Processes, this one excepted, whose environment says that `owner` owns them. */
  ownedBy(owner: string): ProcessEntry[]
  /** Signals the process, with its group where it leads one; not a later process of the same pid. */
  signal(process: ProcessEntry, signal: Signal): void
}

/** The real process table. Reads are synchronous: /proc is memory, and an answer is true for one turn only. */
export const systemProcessTable: ProcessTable = { find, ownedBy, signal }

/** A table without processes, for children that are scripted. */
export const emptyProcessTable: ProcessTable = { find: () => undefined, ownedBy: () => [], signal: () => undefined }

/** Decodes /proc/PID/stat; undefined where the text is no such line. */
export function parseProcessStat(text: string): ProcessEntry | undefined {
  // The name stands in parentheses and may itself contain blanks and parentheses.
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open) return undefined
  const pid = Number(text.slice(0, open))
  // Fields are numbered from 1 in proc(5): state is 3, pgrp is 5, starttime is 22.
  const fields = text.slice(close + 2).split(' ')
  const state = fields[0] ?? ''
  const processGroup = Number(fields[2] ?? Number.NaN)
  const startTime = Number(fields[19] ?? Number.NaN)
  if (!Number.isSafeInteger(pid) || !Number.isSafeInteger(processGroup) || !Number.isSafeInteger(startTime))
    return undefined
  return { pid, startTime, processGroup, program: text.slice(open + 1, close), ended: state === 'Z' || state === 'X' }
}

function find(pid: number): ProcessEntry | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return undefined
  }
}

function ownedBy(owner: string): ProcessEntry[] {
  const mark = Buffer.from(`\0${OWNER_VARIABLE}=${owner}\0`)
  const owned: ProcessEntry[] = []
  for (const pid of runningPids()) {
    if (pid === process.pid) continue
    // Before the environment, so that a pid that changes hands in between is not taken for the marked process.
    const entry = find(pid)
    if (entry !== undefined && carriesMark(pid, mark)) owned.push(entry)
  }
  return owned
}

function runningPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

function carriesMark(pid: number, mark: Buffer): boolean {
  try {
    return Buffer.concat([Buffer.from([0]), readFileSync(`/proc/${pid}/environ`)]).includes(mark)
  } catch {
    // Gone, or not ours to read: then it is found through the ledger, if at all.
    return false
  }
}

function signal(entry: ProcessEntry, name: Signal): void {
  const current = find(entry.pid)
  if (current?.startTime !== entry.startTime || current.ended) return
  try {
    process.kill(current.processGroup === entry.pid ? -entry.pid : entry.pid, name)
  } catch {
    // ESRCH: it has ended just now. EPERM: the caller sees that it lives on.
  }
}
