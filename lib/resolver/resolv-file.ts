/** Writes resolv.conf: whole or not at all where the file system allows, and never through somebody else's link. */

import { basename, dirname, join, resolve, sep } from 'node:path'

/** The part of node:fs/promises that is used, so that tests can break it. */
export interface ResolvFileSystem {
  lstat(path: string): Promise<{ isSymbolicLink(): boolean }>
  readlink(path: string): Promise<string>
  realpath(path: string): Promise<string>
  readFile(path: string, encoding: 'utf8'): Promise<string>
  writeFile(path: string, text: string, options: { readonly flag: string; readonly mode: number }): Promise<void>
  chmod(path: string, mode: number): Promise<void>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
}

export interface ResolvFileTarget {
  readonly path: string
  /** Our directory: a link that ends inside it is ours, so that /etc can be read-only. */
  readonly tmpDir?: string | undefined
  readonly fs: ResolvFileSystem
}

export type WriteOutcome =
  | { readonly type: 'written' | 'unchanged' }
  /** The path is a link to a file of somebody else, systemd-resolved for example; nothing was written. */
  | { readonly type: 'foreignLink'; readonly target: string }

/** Every program reads it. */
const FILE_MODE = 0o644

/** Links to links: more than anyone makes, fewer than the kernel follows. */
const MAX_LINKS_COUNT = 8

/**
 * The directory cannot be changed but the file perhaps can: a file that a container runtime mounted in cannot be
 * replaced (EBUSY), and its directory may be read-only or closed to us.
 */
const IN_PLACE_CODES: ReadonlySet<unknown> = new Set(['EBUSY', 'EACCES', 'EPERM', 'EROFS'])

/** Makes the file hold `text`. Throws what the system call failed with. */
export async function writeResolvFile(target: ResolvFileTarget, text: string): Promise<WriteOutcome> {
  const path = await followLinks(target)
  if (path.type === 'foreignLink') return path
  if ((await readText(target.fs, path.path)) === text) return { type: 'unchanged' }
  try {
    await replace(target.fs, path.path, text)
  } catch (thrown) {
    if (!IN_PLACE_CODES.has(codeOf(thrown))) throw thrown
    // A reader may meet the file empty for a moment: hence the second choice only.
    await target.fs.writeFile(path.path, text, { flag: 'w', mode: FILE_MODE })
  }
  return { type: 'written' }
}

/** Beside the file, then renamed. Not synced: the text is made anew at every start, and a sync wears the flash. */
async function replace(fs: ResolvFileSystem, path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.vintage-net.tmp`)
  // A left-over of a crash, or a link that somebody put there: 'wx' follows none.
  await unlinkIfPresent(fs, temporary)
  try {
    await fs.writeFile(temporary, text, { flag: 'wx', mode: FILE_MODE })
    // The mode given at creation is subject to the umask.
    await fs.chmod(temporary, FILE_MODE)
    await fs.rename(temporary, path)
  } catch (thrown) {
    await unlinkIfPresent(fs, temporary).catch(() => undefined)
    throw thrown
  }
}

/** The file that the path means, when it is a plain path or its links end in our directory. */
async function followLinks({
  path,
  tmpDir,
  fs,
}: ResolvFileTarget): Promise<{ type: 'file'; path: string } | { type: 'foreignLink'; target: string }> {
  let current = resolve(path)
  let linkCount = 0
  while (await isLink(fs, current)) {
    const target = await fs.readlink(current)
    linkCount += 1
    if (linkCount > MAX_LINKS_COUNT) return { type: 'foreignLink', target }
    // The directory may itself be reached through links, such as /var/run.
    const next = resolve(dirname(current), target)
    current = join(await realDirectory(fs, dirname(next)), basename(next))
  }
  if (linkCount === 0) return { type: 'file', path: current }
  const ours = tmpDir === undefined ? undefined : await realDirectory(fs, resolve(tmpDir))
  if (ours !== undefined && current.startsWith(ours + sep)) return { type: 'file', path: current }
  return { type: 'foreignLink', target: current }
}

async function isLink(fs: ResolvFileSystem, path: string): Promise<boolean> {
  const stat = await absentAsUndefined(fs.lstat(path))
  return stat?.isSymbolicLink() ?? false
}

/** A directory that does not exist has no other name. */
async function realDirectory(fs: ResolvFileSystem, path: string): Promise<string> {
  return (await absentAsUndefined(fs.realpath(path))) ?? path
}

async function readText(fs: ResolvFileSystem, path: string): Promise<string | undefined> {
  return absentAsUndefined(fs.readFile(path, 'utf8'))
}

async function unlinkIfPresent(fs: ResolvFileSystem, path: string): Promise<void> {
  await absentAsUndefined(fs.unlink(path))
}

async function absentAsUndefined<Value>(operation: Promise<Value>): Promise<Value | undefined> {
  try {
    return await operation
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** The code of a failed system call, such as `EROFS`. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}
