/** Files are the old or the new version, never between. */

import { RESOLV_CONF, TMP_DIR } from '../device.js'
import type { World } from '../world.js'
import type { Invariant } from './invariant.js'

const HEADER = '# This file is managed by vintage-net'

export const filesAreWhole: Invariant = {
  name: 'resolv.conf and the ledger are whole',
  check({ device: { disk }, net }) {
    if (net === undefined) return []
    const complaints: string[] = []
    const text = new TextDecoder().decode(disk.read(RESOLV_CONF) ?? new Uint8Array(0))
    const foreign = text === '' || text.startsWith('# as installed')
    const told = net.get(['resolv_conf'])
    const whole = text.startsWith(HEADER) && text.endsWith('\n')
    if (!whole && !(foreign && told !== 'written')) complaints.push(`${RESOLV_CONF} (${told}): ${JSON.stringify(text)}`)
    const ledger = disk.read(`${TMP_DIR}/private/ledger.json`)
    if (ledger !== undefined && !isJson(ledger)) complaints.push('the ledger is no JSON')
    return complaints
  },
}

/** Async because it reads as a start does; see Expectation. */
export async function brokenSavedFiles(world: World): Promise<readonly string[]> {
  return world.expectation.readDisk(world.device.disk)
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(bytes))
    return true
  } catch {
    return false
  }
}
