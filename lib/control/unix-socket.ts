/** The socket file of the control API: whose it is, and who may write to it. */

import { chmod, chown, mkdir, rename, rm } from 'node:fs/promises'
import { request } from 'node:http'
import type { Server } from 'node:net'
import { dirname, join } from 'node:path'
import { messageOf } from '../errors.js'
import { type Finding, NetworkError } from '../index.js'
import { groupId } from './group.js'
import { forgetListener, listenerPid, noteListener } from './listener-pid.js'

export interface SocketPlace {
  readonly path: string
  /** Below it nobody else can reach what is not ready yet; mode 0700. */
  readonly privateDir: string
}

export interface UnixSocketOptions extends SocketPlace {
  /** Whose members may write; undefined: the group `vintage-net`, where there is one. */
  readonly controlGroup: string | undefined
}

const DEFAULT_GROUP = 'vintage-net'
const OWNER_ONLY = 0o600
const OWNER_AND_GROUP = 0o660
/** A daemon on this machine answers at once. */
const ANSWER_LIMIT_MS = 1_000
/** sockaddr_un's sun_path holds 108 bytes, the last of which is zero. */
const MAX_PATH_BYTES = 107

/**
 * Has the server listen on the path, with its final owner and mode from the first moment on: the socket is made in the private
 * directory and moved. A file that nobody answers behind is replaced. Resolves with what kept the group out.
 * @throws NetworkError ERR_ALREADY_RUNNING where somebody answers, ERR_INVALID_CONFIG, ERR_NOT_PERMITTED
 */
export async function listenOnUnixSocket(server: Server, options: UnixSocketOptions): Promise<readonly Finding[]> {
  const { path, privateDir } = options
  const making = join(privateDir, 'control.sock')
  if (Buffer.byteLength(making) > MAX_PATH_BYTES) {
    const message = `tmpDir: the path of the control socket would be longer than ${MAX_PATH_BYTES} bytes: ${making}`
    throw new NetworkError('ERR_INVALID_CONFIG', message, { field: 'tmpDir' })
  }
  await refuseSecond(options)
  try {
    await mkdir(dirname(path), { recursive: true })
    await rm(making, { force: true })
    await listening(server, making)
    await noteListener(privateDir)
    const findings = await giveToGroup(making, options.controlGroup)
    await rename(making, path)
    return findings
  } catch (thrown) {
    // A server that still listens would keep the process alive.
    await new Promise((resolve) => server.close(resolve))
    await rm(making, { force: true }).catch(() => undefined)
    await forgetListener(privateDir).catch(() => undefined)
    const message = `the control socket ${path} cannot be made: ${messageOf(thrown)}`
    throw new NetworkError('ERR_NOT_PERMITTED', message, { field: 'tmpDir', operation: 'listen', cause: thrown })
  }
}

/** Removes what `listenOnUnixSocket` has made. */
export async function removeUnixSocket({ path, privateDir }: SocketPlace): Promise<void> {
  // In this order: behind the end of the socket the note may be another daemon's.
  await forgetListener(privateDir)
  await rm(path, { force: true })
}

/** @throws NetworkError ERR_ALREADY_RUNNING where somebody listens on the socket, with its process id */
export async function refuseSecond({ path, privateDir }: SocketPlace): Promise<void> {
  const answered = await daemonAt(path)
  if (answered === undefined) return
  const pid = answered === 'unknown' ? ((await listenerPid(privateDir)) ?? answered) : answered
  const message = `another daemon runs already, with the process id ${pid}; ${path} is its socket`
  throw new NetworkError('ERR_ALREADY_RUNNING', message, { operation: 'listen' })
}

async function giveToGroup(path: string, wanted: string | undefined): Promise<Finding[]> {
  await chmod(path, OWNER_ONLY)
  const name = wanted ?? DEFAULT_GROUP
  const gid = await groupId(name)
  if (gid === undefined) {
    const remedy = `addgroup --system ${name}, make the user of the daemon a member unless it is root, restart the daemon`
    return [ownerOnly(wanted, `there is no group ${name}`, remedy)]
  }
  try {
    await chown(path, process.getuid?.() ?? 0, gid)
    await chmod(path, OWNER_AND_GROUP)
    return []
  } catch (thrown) {
    await chmod(path, OWNER_ONLY)
    const why = `the socket cannot be given to the group ${name}: ${messageOf(thrown)}`
    return [ownerOnly(wanted, why, `run the daemon as a member of the group ${name}`)]
  }
}

function ownerOnly(wanted: string | undefined, why: string, remedy: string): Finding {
  return {
    code: 'CONTROL_SOCKET_OWNER_ONLY',
    // Nobody asked for the default group: without it only the daemon's own user, and root, can use the command line.
    severity: wanted === undefined ? 'info' : 'warning',
    message: `only the user of the daemon and root may write to the control socket: ${why}`,
    remedy,
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** The process id that the daemon at a socket answers with, 'unknown' where none comes; undefined: nobody listens. */
function daemonAt(path: string): Promise<number | 'unknown' | undefined> {
  return new Promise((resolve) => {
    const outgoing = request({ socketPath: path, path: '/v1/status', agent: false, timeout: ANSWER_LIMIT_MS })
    outgoing.on('response', (response) => {
      const chunks: Uint8Array[] = []
      response.on('data', (chunk: Uint8Array) => chunks.push(chunk))
      response.on('end', () => resolve(pidOf(Buffer.concat(chunks).toString('utf8'))))
      response.on('error', () => resolve('unknown'))
    })
    // A queue that is full, or a process that hangs, is there too.
    outgoing.on('timeout', () => {
      resolve('unknown')
      outgoing.destroy()
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      resolve(NOBODY.has(error.code ?? '') ? undefined : 'unknown')
    })
    outgoing.end()
  })
}

/** connect(2): no file; a file that nobody listens behind, or that is no socket. EACCES: the lock of the namespace will tell. */
const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'EACCES', 'ENOTDIR'])

function pidOf(text: string): number | 'unknown' {
  try {
    const { pid } = JSON.parse(text) as { readonly pid?: unknown }
    return typeof pid === 'number' ? pid : 'unknown'
  } catch {
    return 'unknown'
  }
}
