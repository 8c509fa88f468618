/** Where the event script of udhcpc is. */

import { fileURLToPath } from 'node:url'

/** Path of the event script: it stands beside this file, in the package, which is never mounted noexec. */
export function udhcpcHandlerPath(): string {
  return fileURLToPath(new URL('./udhcpc-handler.sh', import.meta.url))
}
