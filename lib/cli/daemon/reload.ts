/** Takes a configuration file anew while the daemon runs: what differs changes, and nothing where something is wrong. */

import { isDeepStrictEqual } from 'node:util'
import type { Logger } from '../../base/logger.js'
import { messageOf } from '../../errors.js'
import type { VintageNet } from '../../index.js'
import { type DaemonConfig, readConfigFile } from './config-file.js'

export interface Reloading {
  readonly net: Pick<VintageNet, 'replaceDefaults'>
  readonly path: string
  /** What the daemon was started with. */
  readonly started: DaemonConfig
  readonly logger: Logger
}

/** Never rejects; true where the file was taken. */
export async function reload({ net, path, started, logger }: Reloading): Promise<boolean> {
  try {
    const next = await readConfigFile(path)
    const late = lateKeys(started, next)
    const changed = await net.replaceDefaults(next.options.config ?? {})
    logger.info({ path, changed }, changed.length === 0 ? 'reloaded: nothing differs' : 'reloaded')
    if (late.length > 0) logger.warn({ keys: late }, `these options take effect at the next start: ${late.join(', ')}`)
    return true
  } catch (thrown) {
    logger.error({ path }, `not reloaded, everything stays as it was: ${messageOf(thrown)}`)
    return false
  }
}

/** Options besides `config` that differ. */
function lateKeys(before: DaemonConfig, after: DaemonConfig): string[] {
  const [old, next] = [before, after].map(({ options, ...own }) => ({ ...options, ...own }) as Record<string, unknown>)
  const keys = new Set([...Object.keys(old ?? {}), ...Object.keys(next ?? {})])
  return [...keys].filter((key) => key !== 'config' && !isDeepStrictEqual(old?.[key], next?.[key])).sort()
}
