/** eth0 with DHCP over fakes: the scene of the tests of leases. */

import type { VintageNetOptions } from '../../lib/options.js'
import { type ScriptedChild, udhcpcEvent } from '../../lib/testing/scripted-daemon.js'
import type { VintageNet } from '../../lib/vintage-net.js'
import { FakeWorld } from './fake-instance.js'

export const LEASE = {
  interface: 'eth0',
  ip: '192.0.2.100',
  subnet: '255.255.255.0',
  mask: '24',
  broadcast: '192.0.2.255',
  router: '192.0.2.1',
  dns: '192.0.2.1 198.51.100.1',
  domain: 'example.com',
  lease: '600',
  serverid: '192.0.2.1',
}

export const at = (name: string): string[] => ['interface', 'eth0', name]

export interface Scene {
  readonly net: VintageNet
  readonly world: FakeWorld
  /** udhcpc, as it runs at the beginning. */
  readonly udhcpc: ScriptedChild
}

/** eth0 with DHCP, its cable in, udhcpc running. */
export async function within(work: (scene: Scene) => Promise<void>, options: VintageNetOptions = {}): Promise<void> {
  await using world = await FakeWorld.create()
  world.daemons.on('udhcpc')
  world.kernel.lab.addLink({ ifname: 'eth0', macAddress: '02:00:00:00:00:01' })
  const started = world.daemons.next('udhcpc')
  const net = await world.start({ config: { eth0: { type: 'ethernet' } }, persistence: 'none', ...options })
  await work({ net, world, udhcpc: await started })
}

export function say(
  child: ScriptedChild,
  name: string,
  environment: Record<string, string> = { interface: 'eth0' },
): void {
  child.writeStdout(udhcpcEvent(name, environment))
}

export async function bound({ net, udhcpc }: Scene, lease: Record<string, string> = LEASE): Promise<void> {
  say(udhcpc, 'deconfig')
  say(udhcpc, 'bound', lease)
  await net.until(at('addresses'), (value) => JSON.stringify(value ?? '').includes(lease['ip'] ?? '-'))
  await net.until(['available_interfaces'], (value) => (value as string[]).includes('eth0'))
}

export function addresses(world: FakeWorld): string[] {
  const link = world.kernel.mirror.linkByName('eth0')
  const all = world.kernel.mirror.addresses(link?.ifindex)
  return all.filter((address) => address.family === 4).map(({ address, prefixLength }) => `${address}/${prefixLength}`)
}

export function ourRoutes(world: FakeWorld): string[] {
  const routes = world.kernel.mirror.routes({ protocol: 183 })
  return routes.map((route) => `${route.destination} table ${route.table} via ${route.gateway ?? '-'}`).sort()
}
