/** What is read below /proc and /run: a seam, so that tests show a machine of their own. */

import { readdirSync, readFileSync, statSync } from 'node:fs'

/** Reads are synchronous: these file systems are memory. */
export interface HostView {
  /** Undefined where it is absent or may not be read. */
  read(path: string): string | undefined
  /** Names in a directory; [] where there is none. */
  list(path: string): readonly string[]
  /** The inode of what the path leads to: two paths to one namespace have one. */
  inode(path: string): number | undefined
}

/** The machine that this process runs on. */
export const systemHost: HostView = {
  read: (path) => attempt(() => readFileSync(path, 'latin1')),
  list: (path) => attempt(() => readdirSync(path)) ?? [],
  inode: (path) => attempt(() => statSync(path).ino),
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
