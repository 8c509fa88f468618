/** Replaces a file so that after a crash or a power cut there is the old content or the new, whole. */

import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type FileSystem, systemErrorCode } from './file-system.js'

/** Longer than any interface name, so that no file of an interface is ever taken for a left-over. */
const TEMPORARY_NAME = /^\.vintage-net-[0-9a-f]{16}\.tmp$/

/** Enough that two never meet. */
const RANDOM_BYTES = 8

const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

/** True for the name of a file that a write which never ended has left behind. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY_NAME.test(name)
}

/** Writes beside the file, then renames; resolves when the new content is on the disk. Makes the directory, mode 0700. */
export async function durableWrite(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const directory = dirname(path)
  await makeDirectory(fs, directory)
  const temporary = join(directory, `.vintage-net-${randomBytes(RANDOM_BYTES).toString('hex')}.tmp`)
  try {
    const file = await fs.open(temporary, 'wx', FILE_MODE)
    try {
      await file.writeFile(bytes)
      // Before the rename: else the new name can reach the disk ahead of the content.
      await file.sync()
    } finally {
      await file.close()
    }
    await fs.rename(temporary, path)
  } catch (thrown) {
    // What the writing failed with matters more than what the removal fails with; a left-over is swept later.
    await fs.unlink(temporary).catch(() => undefined)
    throw thrown
  }
  await syncDirectory(fs, directory)
}

/** Removes a file durably; a missing one is no failure. */
export async function durableRemove(fs: FileSystem, path: string): Promise<void> {
  await absentIsFine(fs.unlink(path))
  // Also where it was gone already: an earlier removal may have failed between the name and the disk.
  await absentIsFine(syncDirectory(fs, dirname(path)))
}

/** Makes the names in a directory last, as they are; a missing directory is no failure. */
export async function settleDirectory(fs: FileSystem, directory: string): Promise<void> {
  await absentIsFine(syncDirectory(fs, directory))
}

async function absentIsFine(operation: Promise<void>): Promise<void> {
  try {
    await operation
  } catch (thrown) {
    if (systemErrorCode(thrown) !== 'ENOENT') throw thrown
  }
}

/** A new directory lasts only when its parent's entry for it does. */
async function makeDirectory(fs: FileSystem, directory: string): Promise<void> {
  const first = await fs.mkdir(directory, { recursive: true, mode: DIRECTORY_MODE })
  if (first === undefined) return
  for (let made = directory; made.length >= first.length; made = dirname(made)) await syncDirectory(fs, dirname(made))
}

/** A rename or removal lasts when the directory is on the disk, fsync(2). */
async function syncDirectory(fs: FileSystem, directory: string): Promise<void> {
  const handle = await fs.open(directory, 'r')
  try {
    await handle.sync()
  } catch (thrown) {
    // Some file systems cannot sync a directory and say so with EINVAL; they have nothing better to offer.
    if (systemErrorCode(thrown) !== 'EINVAL') throw thrown
  } finally {
    await handle.close()
  }
}
