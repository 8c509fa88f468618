// Captures notifications while something is done.

import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Stores in `path` what the kernel tells of `what` while `work` runs. */
export async function watching(captureProgram, { what, path }, work) {
  const child = spawn(captureProgram, ['watch', what, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await work()
  child.stdin.end()
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`capture watch failed: ${status}`)
}
