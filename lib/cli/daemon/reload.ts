/** Takes a configuration file anew while the daemon runs: what differs changes, and nothing where something is wrong. */

import { isDeepStrictEqual } from 'node:util'
import type { Logger } from '../../base/logger.js'
import { messageOf } from '../../errors.js'
import type { VintageNet } from '../../index.js'
import { type DaemonConfig, readConfigFile } from './config-file.js'

export interface Reloading {
  readonly net: Pick<VintageNet, 'replaceDefaults' | 'shadowedDefaults'>
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
    const defaults = next.options.config ?? {}
    const shadowed = net.shadowedDefaults(defaults)
    const changed = await net.replaceDefaults(defaults)
    const isSame = changed.length === 0 && shadowed.length === 0 && late.length === 0
    logger.info({ path, changed }, isSame ? 'reloaded: nothing differs' : 'reloaded')
    for (const ifname of shadowed) logger.warn({ ifname }, shadowedText(ifname))
    if (late.length > 0) logger.warn({ keys: late }, `these options take effect at the next start: ${late.join(', ')}`)
    return true
  } catch (thrown) {
    logger.error({ path }, `not reloaded, everything stays as it was: ${messageOf(thrown)}`)
    return false
  }
}

function shadowedText(ifname: string): string {
  const why = "the file's configuration differs, but what was saved, or configured since the start, goes before it"
  return `${ifname} stays as it is: ${why}; POST /v1/interfaces/${ifname}/reset takes the file's`
}

/** Options besides `config` that differ. */
function lateKeys(before: DaemonConfig, after: DaemonConfig): string[] {
  const [old, next] = [before, after].map(({ options, ...own }) => ({ ...options, ...own }) as Record<string, unknown>)
  const keys = new Set([...Object.keys(old ?? {}), ...Object.keys(next ?? {})])
  return [...keys].filter((key) => key !== 'config' && !isDeepStrictEqual(old?.[key], next?.[key])).sort()
}
