/** The processes of a network namespace, as far as they may be seen. */

import { parseProcessStat } from '../supervision/process-table.js'
import type { HostView } from './host-view.js'

/** A running process. */
export interface SeenProcess {
  readonly pid: number
  /** The kernel's name of the program, at most 15 characters. */
  readonly program: string
  readonly args: readonly string[]
}

/**
 * Processes of the namespace whose file is `netns`. One whose namespace may not be read counts as one of them: a rival that
 * was looked over is worse than one that turns out to be none.
 */
export function processesOf(host: HostView, netns: string): SeenProcess[] {
  const ours = host.inode(netns)
  return host.list('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    const entry = parseProcessStat(host.read(`/proc/${name}/stat`) ?? '')
    if (entry === undefined || entry.ended) return []
    const theirs = host.inode(`/proc/${name}/ns/net`)
    if (ours !== undefined && theirs !== undefined && ours !== theirs) return []
    const args = (host.read(`/proc/${name}/cmdline`) ?? '').split('\0').filter((arg) => arg !== '')
    return [{ pid: entry.pid, program: entry.program, args: args.slice(1) }]
  })
}
