/**
 * A file system in memory that fails when told to and loses power. The content of a file lasts once the file was synced, a change of
 * a directory's names once the directory was; of what was not synced the first changes of a directory may last. Not simulated: links,
 * permissions, the wait for a disk, and a directory that a power cut takes back.
 */

import { constants } from 'node:os'
import { basename, dirname } from 'node:path'
import type { HostFileSystem, OpenFile } from '../base/file-system.js'
import type { ErrnoName } from './fake-state.js'

/** Operations that write, and so can be told to fail. */
export type DiskOperation = 'open' | 'writeFile' | 'sync' | 'rename' | 'unlink'

interface Inode {
  content: Uint8Array
  /** What a power cut leaves; undefined: nothing, the file is empty then. */
  synced: Uint8Array | undefined
  mode: number
}

type Names = Map<string, Inode>
type Change = (names: Names) => void

interface Directory {
  readonly names: Names
  lasting: Names
  /** Changes since the last sync. */
  pending: Change[]
}

export interface SimulatedDiskOptions {
  /** Directories in memory, as /run is: a power cut empties them and what is below. */
  readonly volatile?: readonly string[] | undefined
}

/** A process's view of a disk; after `kill` its operations neither happen nor end, as of a process that is no more. */
export interface DiskView extends HostFileSystem {
  kill(): void
}

const NOTHING = new Uint8Array(0)
/** Inode number of everything: one file system. */
const INO = 1

/** A disk; it survives the processes that use it. */
export class SimulatedDisk {
  readonly #volatile: readonly string[]
  readonly #directories = new Map<string, Directory>()
  #failure: { readonly code: ErrnoName; readonly operations: ReadonlySet<DiskOperation> } | undefined

  constructor(options: SimulatedDiskOptions = {}) {
    this.#volatile = options.volatile ?? []
    this.#makeDirectory('/')
  }

  /** From now on these operations fail with `code`; undefined ends it. */
  fail(
    code: ErrnoName | undefined,
    operations: readonly DiskOperation[] = ['open', 'writeFile', 'sync', 'rename'],
  ): void {
    this.#failure = code === undefined ? undefined : { code, operations: new Set(operations) }
  }

  /** True while operations are told to fail. */
  get failing(): boolean {
    return this.#failure !== undefined
  }

  /** Puts a file there, durably, as an image has it. */
  put(path: string, content: Uint8Array | string): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    this.#makeDirectory(dirname(path))
    const directory = this.#directory(path, 'open')
    const change: Change = (names) => void names.set(basename(path), { content: bytes, synced: bytes, mode: 0o644 })
    change(directory.names)
    change(directory.lasting)
  }

  /** The content of a file; undefined where there is none. */
  read(path: string): Uint8Array | undefined {
    return this.#directories.get(dirname(path))?.names.get(basename(path))?.content
  }

  /** Names of the files in a directory, sorted. */
  list(path: string): string[] {
    return [...(this.#directories.get(path)?.names.keys() ?? [])].sort()
  }

  /** The power goes: of the changes of each directory that were not synced the first `lasting` last, files hold what was synced. */
  powerCut(lasting: number): void {
    for (const [path, directory] of [...this.#directories]) {
      if (this.#volatile.some((root) => path === root || path.startsWith(`${root}/`))) {
        this.#directories.delete(path)
        continue
      }
      const names = new Map(directory.lasting)
      for (const change of directory.pending.slice(0, lasting)) change(names)
      for (const inode of names.values()) inode.content = inode.synced ?? NOTHING
      this.#directories.set(path, { names, lasting: new Map(names), pending: [] })
    }
  }

  /** What one process sees. */
  view(): DiskView {
    let alive = true
    /** Each operation takes a turn of the microtask queue, so that others come in between. */
    const when = async <Result>(act: () => Result): Promise<Result> => {
      await undefined
      if (!alive) return new Promise<never>(() => undefined)
      return act()
    }
    return {
      kill() {
        alive = false
      },
      open: (path, flags, mode = 0o666) => when(() => this.#open(path, { flags, mode, when })),
      mkdir: (path) => when(() => this.#makeDirectory(path)),
      readdir: (path) =>
        when(() => {
          const directory = this.#directories.get(path)
          if (directory === undefined) throw systemError('ENOENT', 'scandir', path)
          const below = [...this.#directories.keys()].filter((one) => one !== '/' && dirname(one) === path)
          return [
            ...[...directory.names.keys()].map((name) => ({ name, isFile: () => true })),
            ...below.map((one) => ({ name: basename(one), isFile: () => false })),
          ]
        }),
      readFile: (path, encoding) => when(() => Buffer.from(this.#inode(path, 'open').content).toString(encoding)),
      writeFile: (path, text, { flag = 'w', mode }) =>
        when(() => {
          this.#check('writeFile', path)
          const inode = this.#create(path, { flags: flag, mode })
          inode.content = new TextEncoder().encode(text)
        }),
      rename: (from, to) => when(() => this.#rename(from, to)),
      unlink: (path) => when(() => this.#unlink(path)),
      rm: (path) => when(() => (this.read(path) === undefined ? undefined : this.#unlink(path))),
      chmod: (path, mode) =>
        when(() => {
          if (!this.#directories.has(path)) this.#inode(path, 'chmod').mode = mode
        }),
      lstat: (path) => when(() => ({ ...this.#stat(path), isSymbolicLink: () => false })),
      stat: (path) => when(() => this.#stat(path)),
      readlink: (path) =>
        when((): string => {
          throw systemError('EINVAL', 'readlink', path)
        }),
      realpath: (path) =>
        when(() => {
          this.#stat(path)
          return path
        }),
    }
  }

  #open(
    path: string,
    { flags, mode, when }: { flags: string; mode: number; when: <R>(act: () => R) => Promise<R> },
  ): OpenFile {
    const directory = this.#directories.get(path)
    if (directory !== undefined) return this.#openDirectory(path, directory, when)
    if (flags !== 'r') this.#check('open', path)
    const inode = flags === 'r' ? this.#inode(path, 'open') : this.#create(path, { flags, mode })
    return {
      writeFile: (bytes) =>
        when(() => {
          this.#check('writeFile', path)
          inode.content = bytes
        }),
      readFile: () => when(() => inode.content),
      stat: () => when(() => ({ size: inode.content.length })),
      sync: () =>
        when(() => {
          this.#check('sync', path)
          inode.synced = inode.content
        }),
      close: () => when(() => undefined),
    }
  }

  #openDirectory(path: string, directory: Directory, when: <R>(act: () => R) => Promise<R>): OpenFile {
    const refuse = (): never => {
      throw systemError('EISDIR', 'read', path)
    }
    return {
      writeFile: () => when(refuse),
      readFile: () => when(refuse),
      stat: () => when(() => ({ size: 0 })),
      sync: () =>
        when(() => {
          this.#check('sync', path)
          directory.lasting = new Map(directory.names)
          directory.pending = []
        }),
      close: () => when(() => undefined),
    }
  }

  /** Resolves to the first directory that had to be made. */
  #makeDirectory(path: string): string | undefined {
    if (this.#directories.has(path)) return undefined
    const above = path === '/' ? undefined : this.#makeDirectory(dirname(path))
    this.#directories.set(path, { names: new Map(), lasting: new Map(), pending: [] })
    return above ?? path
  }

  #create(path: string, { flags, mode }: { flags: string; mode: number }): Inode {
    const directory = this.#directory(path, 'open')
    const known = directory.names.get(basename(path))
    if (known !== undefined && flags === 'wx') throw systemError('EEXIST', 'open', path)
    if (known !== undefined) return known
    if (flags === 'r+') throw systemError('ENOENT', 'open', path)
    const inode: Inode = { content: NOTHING, synced: undefined, mode }
    this.#change(directory, (names) => void names.set(basename(path), inode))
    return inode
  }

  #rename(from: string, to: string): void {
    this.#check('rename', from)
    const inode = this.#inode(from, 'rename')
    const target = this.#directory(to, 'rename')
    this.#change(target, (names) => {
      // Within one directory a rename is one change; every rename of the library is.
      if (dirname(from) === dirname(to)) names.delete(basename(from))
      names.set(basename(to), inode)
    })
    if (dirname(from) !== dirname(to)) this.#unlink(from)
  }

  #unlink(path: string): void {
    this.#check('unlink', path)
    this.#inode(path, 'unlink')
    this.#change(this.#directory(path, 'unlink'), (names) => void names.delete(basename(path)))
  }

  #change(directory: Directory, change: Change): void {
    change(directory.names)
    directory.pending.push(change)
  }

  #stat(path: string): { ino: number } {
    if (!this.#directories.has(path)) this.#inode(path, 'stat')
    return { ino: INO }
  }

  #directory(path: string, call: string): Directory {
    const directory = this.#directories.get(dirname(path))
    if (directory === undefined) throw systemError('ENOENT', call, path)
    return directory
  }

  #inode(path: string, call: string): Inode {
    const inode = this.#directory(path, call).names.get(basename(path))
    if (inode === undefined) throw systemError('ENOENT', call, path)
    return inode
  }

  #check(operation: DiskOperation, path: string): void {
    const failure = this.#failure
    if (failure?.operations.has(operation) === true) throw systemError(failure.code, operation, path)
  }
}

/** The error that Node makes of a failed system call. */
function systemError(code: ErrnoName, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: it failed, ${call} '${path}'`), { code, errno: -constants.errno[code] })
}
