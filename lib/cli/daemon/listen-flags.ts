/** `--listen` and `--token-file` of `run`. */

import { readFile } from 'node:fs/promises'
import type { TcpListen } from '../../control/index.js'
import { messageOf } from '../../errors.js'
import { UsageError } from '../failure.js'
import type { RunFlags } from './run-flags.js'

const LOOPBACK = '127.0.0.1'
const LISTEN = /^(?:(\[[0-9a-f:.]+\]|[^:[\]]+):)?(\d{1,5})$/i

/** Undefined: nothing listens on TCP. @throws UsageError, Error where the file cannot be read */
export async function tcpListen({
  listen,
  tokenFile,
}: Pick<RunFlags, 'listen' | 'tokenFile'>): Promise<TcpListen | undefined> {
  if (listen === undefined) return undefined
  const [, host = LOOPBACK, digits] = LISTEN.exec(listen) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535)
    throw new UsageError(`--listen: [HOST:]PORT, not ${JSON.stringify(listen.slice(0, 80))}`)
  if (tokenFile === undefined)
    throw new UsageError('--listen needs --token-file: whoever can reach the port could do anything')
  try {
    const token = (await readFile(tokenFile, 'utf8')).trim()
    return { host: host.replace(/^\[|\]$/g, ''), port, token }
  } catch (thrown) {
    throw new Error(`--token-file ${tokenFile}: ${messageOf(thrown)}`)
  }
}
