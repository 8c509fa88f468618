/**
 * failover-library NETNS lan|internet: the whole library with two static interfaces, checks running. Before each failover
 * it waits for a line `next`; then the first acknowledgement counts: the delete of the dead default route, the other one
 * stands in the main table all along. Prints as `failover` does, `restored` when the first uplink is preferred again.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { INTERNET_HOSTS } from '../../test/support/lab/uplink.js'
import { FIRST, PREFIX_LENGTH, SECOND } from '../uplinks.js'
import { answer, say } from './lines.js'
import { openWatched } from './watched-kernel.js'

const ONLINE_LIMIT_MS = 30_000
const MAIN_TABLE = 254

const { VintageNet } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../lib/index.js')

const [netns = '', connection = ''] = process.argv.slice(2)
const { kernel, onAcknowledged } = await openWatched(netns, 'all')
const folder = await mkdtemp(join(tmpdir(), 'vintage-net-bench-'))

function configOf({ address, gateway }: typeof FIRST | typeof SECOND) {
  return {
    type: 'ethernet' as const,
    ipv4: { method: 'static' as const, prefixLength: PREFIX_LENGTH, address, gateway },
  }
}

const net = await VintageNet.start({
  kernel,
  netns,
  tmpDir: join(folder, 'run'),
  resolvConf: null,
  persistence: 'none',
  internetHostList: INTERNET_HOSTS.map((host) => ({ host, port: 53 })),
  config: { [FIRST.ifname]: configOf(FIRST), [SECOND.ifname]: configOf(SECOND) },
})

function preferred(): string | undefined {
  const routes = kernel.mirror.routes({ table: MAIN_TABLE })
  const defaults = routes.filter(({ family, destination }) => family === 4 && destination === 'default')
  const best = defaults.sort((one, other) => one.metric - other.metric)[0]
  return best?.ifindex === undefined ? undefined : kernel.mirror.link(best.ifindex)?.ifname
}

async function restored(): Promise<void> {
  for (const { ifname } of [FIRST, SECOND]) {
    await net.until(['interface', ifname, 'connection'], connection, { deadlineMs: ONLINE_LIMIT_MS })
  }
  if (preferred() === FIRST.ifname) return
  await new Promise<void>((resolve) => {
    const subscription = kernel.subscribe(() => {
      if (preferred() !== FIRST.ifname) return
      subscription.unsubscribe()
      resolve()
    })
  })
}

await restored()
say('ready')
await answer(async (line) => {
  if (line === 'restored?') {
    await restored()
    return 'restored'
  }
  onAcknowledged((atMs) => say(String(Math.round(atMs * 1e6))))
  return 'armed'
})
await net.stop()
await kernel.close()
await rm(folder, { recursive: true, force: true })
