/** Whether the files of an instance can be written: tried, as far as that leaves nothing behind. */

import { dirname, join, resolve } from 'node:path'
import { type HostFileSystem, systemErrorCode } from '../base/file-system.js'
import { messageOf } from '../errors.js'
import type { Finding } from '../technology/technology.js'
import { finding } from './findings.js'

export interface FilesQuestion {
  readonly fs: HostFileSystem
  readonly tmpDir: string
  /** Undefined where nothing is saved in files. */
  readonly persistenceDir: string | undefined
  /** Null: name resolution is left alone. */
  readonly resolvConf: string | null
}

/** Written and removed at once. */
const TRIAL_FILE = '.vintage-net-verify'

/** PATH_MAX is 4,096 bytes, so no path has more elements. */
const MAX_PARENT_COUNT = 2_048

export async function findUnwritableFiles(question: FilesQuestion): Promise<Finding[]> {
  const { fs, tmpDir, persistenceDir, resolvConf } = question
  const directories = [
    await directoryFinding(fs, tmpDir, 'TMP_DIR_NOT_WRITABLE', 'tmpDir'),
    persistenceDir === undefined
      ? []
      : await directoryFinding(fs, persistenceDir, 'PERSISTENCE_DIR_NOT_WRITABLE', 'persistenceDir'),
  ]
  return [...directories.flat(), ...(resolvConf === null ? [] : await resolvConfFindings(fs, resolvConf, tmpDir))]
}

async function directoryFinding(
  fs: HostFileSystem,
  directory: string,
  code: 'TMP_DIR_NOT_WRITABLE' | 'PERSISTENCE_DIR_NOT_WRITABLE',
  option: string,
): Promise<Finding[]> {
  const failure = await tryDirectory(fs, directory)
  if (failure === undefined) return []
  return [
    finding(
      code,
      `${option}: ${directory} cannot be written: ${failure}`,
      `mount it writable, free space, or set ${option}`,
    ),
  ]
}

async function resolvConfFindings(fs: HostFileSystem, path: string, tmpDir: string): Promise<Finding[]> {
  const target = await fs
    .readlink(path)
    .then((link) => resolve(dirname(path), link))
    .catch(() => undefined)
  const isOurs = target?.startsWith(`${resolve(tmpDir)}/`) === true
  if (target !== undefined && !isOurs) return [foreignLink(path, target)]
  const failure = await tryFile(fs, target ?? path)
  if (failure === undefined) return []
  const remedy = 'make it or its directory writable, or set resolvConf to another path, or to null'
  return [finding('RESOLV_CONF_NOT_WRITABLE', `${path} cannot be written: ${failure}`, remedy)]
}

/** A link of somebody else is never replaced. */
function foreignLink(path: string, target: string): Finding {
  const remedy = (service: string): string =>
    `disable ${service} and remove the link, or set resolvConf to null and let ${service} do name resolution`
  const message = `${path} is a link to ${target}, and is left alone: name servers of our interfaces do not reach it`
  if (target.includes('/systemd/resolve/'))
    return finding('RESOLV_CONF_SYSTEMD_RESOLVED', message, remedy('systemd-resolved'))
  if (target.includes('/resolvconf/')) return finding('RESOLV_CONF_RESOLVCONF', message, remedy('resolvconf'))
  return finding(
    'RESOLV_CONF_FOREIGN_LINK',
    message,
    'replace the link by a file, or set resolvConf to its target or to null',
  )
}

/** Resolves with what went wrong. A file is replaced by a rename, or written in place where that is refused. */
async function tryFile(fs: HostFileSystem, path: string): Promise<string | undefined> {
  const failure = await tryDirectory(fs, dirname(path))
  if (failure === undefined) return undefined
  try {
    await (await fs.open(path, 'r+')).close()
    return undefined
  } catch {
    return failure
  }
}

/** A directory that is not there would be made in the nearest one above it that is. */
async function tryDirectory(fs: HostFileSystem, directory: string): Promise<string | undefined> {
  let current = resolve(directory)
  for (let count = 0; count < MAX_PARENT_COUNT; count += 1) {
    try {
      const path = join(current, TRIAL_FILE)
      await fs.writeFile(path, '', { mode: 0o600 })
      await fs.rm(path, { force: true })
      return undefined
    } catch (thrown) {
      if (systemErrorCode(thrown) !== 'ENOENT' || current === '/') return messageOf(thrown)
      current = dirname(current)
    }
  }
  return 'the path is too long'
}
