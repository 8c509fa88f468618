/** Keys, and configurations that exist as files of `wg-quick`. */

import { readFile } from 'node:fs/promises'
import { messageOf, NetworkError } from '../../errors.js'
import { type ParsedConf, parseConf } from './parse-conf.js'

export { generateKeyPair, generatePresharedKey, type KeyPair, publicKey } from './keys.js'
export type { PeerProperty } from './peer-watch.js'
export type { WireguardInput } from './schema.js'
export type { ParsedConf }

/** The configuration that the text of such a file means, and what of it means nothing here. */
export function parse(text: string): ParsedConf {
  return parseConf(text)
}

/**
 * The same from a file. One that cannot be read is no exception: the error is what this resolves with. Keys stand in what
 * comes back.
 */
export async function importFile(path: string): Promise<ParsedConf | NetworkError> {
  try {
    return parseConf(await readFile(path, 'utf8'))
  } catch (cause) {
    return new NetworkError('ERR_INVALID_CONFIG', `cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
}
