/** Finds programs: explicit paths first, then the configured path. */

import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { NetworkError } from '../errors.js'

export interface ProgramLookup {
  /** Directories separated by colons, as in PATH. */
  readonly path: string
  /** Explicit paths by the program's name in camelCase: `wpaSupplicant` for wpa_supplicant. */
  readonly programs?: Readonly<Record<string, string | undefined>> | undefined
}

/** Resolves to the absolute path of a program. @throws NetworkError ERR_PROGRAM_MISSING */
export type FindProgram = (name: string) => Promise<string>

/** Where Debian keeps the programs that the technologies use; for the error text. */
const DEBIAN_PACKAGES: Readonly<Record<string, string>> = {
  chat: 'ppp',
  dnsd: 'busybox',
  ip: 'iproute2',
  nsenter: 'util-linux',
  pppd: 'ppp',
  qmicli: 'libqmi-utils',
  udhcpc: 'udhcpc',
  udhcpd: 'udhcpd',
  wpa_supplicant: 'wpasupplicant',
}

/** The finder for a configured path. A given absolute path must exist and be executable. */
export function programFinder(lookup: ProgramLookup): FindProgram {
  return async (name) => {
    const wanted = lookup.programs?.[programKey(name)] ?? name
    for (const candidate of candidates(wanted, lookup.path)) {
      if (await isExecutable(candidate)) return candidate
    }
    throw programMissing(name, wanted === name ? lookup.path : `${lookup.path} as ${wanted}`)
  }
}

/** The key of a program in `programs`: wpa_supplicant → wpaSupplicant. */
export function programKey(name: string): string {
  return baseName(name).replace(/[_-]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** The error for a program that is not there; `path` is where it was looked for. */
export function programMissing(name: string, path: string): NetworkError {
  const program = baseName(name)
  const debianPackage = DEBIAN_PACKAGES[program]
  const where = name.includes('/') ? `no executable file at ${name}` : `not found on ${path}`
  const hint = debianPackage === undefined ? '' : ` (Debian package: ${debianPackage})`
  return new NetworkError('ERR_PROGRAM_MISSING', `${program}: ${where}${hint}`, { operation: program })
}

/** The last element of a path: the program's name. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function candidates(program: string, path: string): string[] {
  if (program.startsWith('/')) return [program]
  // A relative path would depend on the directory that we happen to run in, and so would a relative element of the path.
  if (program === '' || program.includes('/')) return []
  const directories = path.split(':').filter((directory) => directory.startsWith('/'))
  return directories.map((directory) => `${directory.replace(/\/+$/, '')}/${program}`)
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    // A directory passes the check above.
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
