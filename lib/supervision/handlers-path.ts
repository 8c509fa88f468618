/** Where the scripts are that daemons run when something happens. */

import { fileURLToPath } from 'node:url'

/** Their directory stands beside this file, in the package, which is never mounted noexec. */
export function handlersPath(): string {
  return fileURLToPath(new URL('./handlers', import.meta.url))
}
