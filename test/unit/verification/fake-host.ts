/** A machine made of texts: files below /proc and /run, and processes. */

import type { HostView } from '../../../lib/verification/host-view.js'

export interface FakeProcess {
  readonly pid: number
  readonly program: string
  readonly args?: readonly string[]
  /** Inode of its network namespace; null: it may not be read. Default 1, which is ours. */
  readonly netns?: number | null
  readonly state?: string
}

const OUR_NETNS = 1

export function fakeHost(processes: readonly FakeProcess[], files: Readonly<Record<string, string>> = {}): HostView {
  const texts = new Map(Object.entries(files))
  const inodes = new Map<string, number>([['/proc/self/ns/net', OUR_NETNS]])
  for (const { pid, program, args = [], netns = OUR_NETNS, state = 'S' } of processes) {
    texts.set(`/proc/${pid}/stat`, `${pid} (${program}) ${state} 1 ${pid} ${'0 '.repeat(16)}500 0`)
    texts.set(`/proc/${pid}/cmdline`, [`/usr/sbin/${program}`, ...args].map((arg) => `${arg}\0`).join(''))
    if (netns !== null) inodes.set(`/proc/${pid}/ns/net`, netns)
  }
  return {
    read: (path) => texts.get(path),
    list: (path) => (path === '/proc' ? ['self', 'net', ...processes.map(({ pid }) => String(pid))] : []),
    inode: (path) => inodes.get(path),
  }
}
