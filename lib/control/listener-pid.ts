/** The process id of who listens on the control socket, on disk: for when the socket is silent, or has no room for another client. */

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode } from '../base/file-system.js'

const MODE = 0o600

/** Called before the socket can be found, so that who finds it finds this too. Never rejects: a full disk must not keep the daemon from running. */
export async function noteListener(privateDir: string): Promise<void> {
  await writeFile(pidPath(privateDir), `${process.pid}\n`, { mode: MODE }).catch(() => undefined)
}

export async function forgetListener(privateDir: string): Promise<void> {
  await rm(pidPath(privateDir), { force: true })
}

/** Undefined where none is noted, or it is that of a process which has ended. */
export async function listenerPid(privateDir: string): Promise<number | undefined> {
  const text = await readFile(pidPath(privateDir), 'utf8').catch(() => '')
  const pid = /^[1-9]\d{0,9}\n$/.test(text) ? Number(text) : undefined
  return pid !== undefined && isRunning(pid) ? pid : undefined
}

function pidPath(privateDir: string): string {
  return join(privateDir, 'control.pid')
}

/** kill(2): signal 0 is not sent; EPERM says that the process is there. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return systemErrorCode(thrown) === 'EPERM'
  }
}
