/** Which network namespace this process is in. */

import { statSync } from 'node:fs'

/** The main thread's; Node leaves its other threads where that is. */
const OWN_PATH = '/proc/self/ns/net'

/** True where the path names the namespace of this process: device and inode tell namespaces apart (namespaces(7)). */
export function isOwnNamespace(path: string): boolean {
  try {
    const own = statSync(OWN_PATH, { bigint: true })
    const named = statSync(path, { bigint: true })
    return own.dev === named.dev && own.ino === named.ino
  } catch {
    // What is wrong with the path the engine says when it opens it.
    return false
  }
}
