/** The file of `run --config`: the options of an instance that are plain data, and some of the daemon's own. */

import { messageOf } from '../../errors.js'
import { VintageNet, type VintageNetOptions } from '../../index.js'
import { jsonFaultText } from '../json-fault.js'
import { readSmallFile } from './small-file.js'

/** What a file says, checked; nothing has been started. */
export interface DaemonConfig {
  readonly options: VintageNetOptions
  /** Whose members may write to the control socket. */
  readonly controlGroup?: string
}

/** Names of groups: useradd(8)'s own rule, or a number. */
const GROUP = /^(?:[a-z_][a-z0-9_-]{0,31}\$?|\d{1,10})$/i
/** chown(2): the number after it stands for "leave the group as it is". */
const MAX_GROUP_ID = 4_294_967_294

/** @throws Error whose text names the file, and the field where there is one */
export async function readConfigFile(path: string): Promise<DaemonConfig> {
  const text = await readSmallFile(path)
  const given = parse(path, text)
  try {
    return checkConfig(given)
  } catch (thrown) {
    throw new Error(`${path}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

/** @throws NetworkError with `field`, Error */
function checkConfig(given: unknown): DaemonConfig {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Error('expected an object of options')
  // Editors find the schema of the file by it.
  const { $schema: _schema, controlGroup, ...options } = given as Record<string, unknown>
  if (controlGroup !== undefined && !isGroup(controlGroup))
    throw new Error(`controlGroup: expected the name or the number of a group, got ${JSON.stringify(controlGroup)}`)
  VintageNet.check(options)
  return { options, ...(controlGroup === undefined ? {} : { controlGroup: controlGroup as string }) }
}

function isGroup(given: unknown): boolean {
  return typeof given === 'string' && GROUP.test(given) && !(Number(given) > MAX_GROUP_ID)
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser quotes what stands there, which may be a secret: only where is told.
    throw new Error(`${path}: not JSON: ${jsonFaultText(text)}`)
  }
}
