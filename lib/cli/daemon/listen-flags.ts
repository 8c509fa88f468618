/** `--listen` and `--token-file` of `run`. */

import { createServer } from 'node:net'
import { type TcpListen, tokenFault } from '../../control/index.js'
import { messageOf } from '../../errors.js'
import { UsageError } from '../failure.js'
import type { RunFlags } from './run-flags.js'
import { readSmallFile } from './small-file.js'

const LOOPBACK = '127.0.0.1'
const LISTEN = /^(?:(\[[0-9a-f:.]+\]|[^:[\]]+):)?(\d{1,5})$/i

/** Undefined: nothing listens on TCP. @throws UsageError, Error where the file has no token */
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
  const token = (await readToken(tokenFile)).trim()
  const fault = tokenFault(token)
  if (fault !== undefined) throw new Error(`--token-file ${tokenFile}: ${fault}`)
  return { host: host.replace(/^\[|\]$/g, ''), port, token }
}

async function readToken(path: string): Promise<string> {
  try {
    return await readSmallFile(path)
  } catch (thrown) {
    throw new Error(`--token-file ${messageOf(thrown)}`)
  }
}

/** Tries the port and lets go of it: found taken only later, it would end a daemon that has set up the network already. @throws Error */
export async function refuseTakenPort({ host, port }: Pick<TcpListen, 'host' | 'port'>): Promise<void> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
  } catch (thrown) {
    throw new Error(`--listen: ${host} port ${port}: ${messageOf(thrown)}`)
  }
  await new Promise((resolve) => server.close(resolve))
}
