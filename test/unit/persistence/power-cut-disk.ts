/**
 * A disk in memory that can lose power. File contents last once the file was synced, changes of a directory once the
 * directory was; what was not synced may last or not, changes of a directory in their order.
 */

import { basename } from 'node:path'
import type { FileSystem, OpenFile } from '../../../lib/persistence/file-system.js'

interface Inode {
  content: Uint8Array
  synced: Uint8Array | undefined
}

type DirectoryChange = (names: Map<string, Inode>) => void

export class PowerCut extends Error {}

export interface PowerCutDisk extends FileSystem {
  /** Operations so far; `cutAfter` many of them work, then every one throws PowerCut. */
  readonly steps: () => number
  cutAfter: number
  /** What a start after the cut may find: one map of names and contents for each number of directory changes that lasted. */
  afterwards(): Map<string, Uint8Array>[]
}

/** One directory; its path does not matter. */
export function powerCutDisk(initial: ReadonlyMap<string, Uint8Array>): PowerCutDisk {
  const names = new Map<string, Inode>()
  for (const [name, content] of initial) names.set(name, { content, synced: content })
  let lasting = new Map(names)
  let pending: DirectoryChange[] = []
  let steps = 0

  const step = async (): Promise<void> => {
    if (steps >= disk.cutAfter) throw new PowerCut('the power is gone')
    steps += 1
  }
  const change = async (apply: DirectoryChange): Promise<void> => {
    await step()
    apply(names)
    pending.push(apply)
  }
  const syncDirectory = async (): Promise<void> => {
    await step()
    lasting = new Map(names)
    pending = []
  }
  const openFile = (inode: Inode): OpenFile => ({
    async writeFile(bytes) {
      await step()
      inode.content = bytes
    },
    readFile: async () => inode.content,
    stat: async () => ({ size: inode.content.length }),
    async sync() {
      await step()
      inode.synced = inode.content
    },
    close: step,
  })
  const nothing = new Uint8Array(0)
  const directory: OpenFile = { ...openFile({ content: nothing, synced: nothing }), sync: syncDirectory }

  const disk: PowerCutDisk = {
    cutAfter: Number.POSITIVE_INFINITY,
    steps: () => steps,
    async open(path, flags) {
      const name = basename(path)
      if (flags === 'wx') {
        const inode: Inode = { content: nothing, synced: undefined }
        await change((map) => void map.set(name, inode))
        return openFile(inode)
      }
      await step()
      const inode = names.get(name)
      return inode === undefined ? directory : openFile(inode)
    },
    async mkdir() {
      await step()
      return undefined
    },
    async readdir() {
      await step()
      return [...names.keys()].map((name) => ({ name, isFile: () => true }))
    },
    rename: (from, to) =>
      change((map) => {
        const inode = map.get(basename(from))
        if (inode === undefined) return
        map.delete(basename(from))
        map.set(basename(to), inode)
      }),
    unlink: (path) => change((map) => void map.delete(basename(path))),
    afterwards: () =>
      Array.from({ length: pending.length + 1 }, (_, count) => {
        const map = new Map(lasting)
        for (const apply of pending.slice(0, count)) apply(map)
        return new Map([...map].map(([name, inode]) => [name, inode.synced ?? nothing]))
      }),
  }
  return disk
}
