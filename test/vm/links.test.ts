/** Links that other kernels may be built without: VLANs, bonds, dummies, VLANs in bridges, and a USB gadget with its host. */

import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../support/eventually.js'
import { inNamespace, mustRun, runCommand } from '../support/lab/command.js'
import { SystemScene } from '../support/system-scene.js'

/** An emulated machine is slow. */
const DEADLINE = { deadlineMs: 60_000 }
const CLIENT_LIMIT_MS = 60_000
/** Lines of the log that a failure shows. */
const LOGGED_COUNT = 15
const OFF = { ipv4: { method: 'disabled' as const } }
const at = (ifname: string, ...path: string[]): string[] => ['interface', ifname, ...path]

interface Detailed {
  readonly ifname: string
  readonly link?: string
  readonly master?: string
  readonly flags: readonly string[]
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: Readonly<Record<string, unknown>> }
}

async function detailed(scene: SystemScene, ifname: string): Promise<Detailed | undefined> {
  return (await scene.lab.ip<Detailed>('-details', 'link', 'show')).find((link) => link.ifname === ifname)
}

async function names(scene: SystemScene): Promise<string[]> {
  return (await scene.links()).map(({ ifname }) => ifname).sort()
}

const reaches = async (namespace: string, address: string): Promise<boolean> =>
  (await runCommand(...inNamespace(namespace, 'ping', ['-c', '1', '-W', '2', address]))).exitCode === 0

test('a VLAN talks to the same VLAN at the far end, follows its parent, and leaves nothing', async () => {
  await using scene = await SystemScene.create()
  const { routerNamespace } = await scene.uplink('eth0', 'none')
  const far = async (...args: string[]): Promise<string> => mustRun('ip', ['-n', routerNamespace, ...args])
  await far('link', 'add', 'link', 'wan0', 'name', 'far7', 'type', 'vlan', 'id', '7')
  await far('address', 'add', '192.0.2.130/25', 'dev', 'far7')
  await far('link', 'set', 'far7', 'up')
  const before = await names(scene)
  const vlan = { parent: 'eth0', id: 7 }
  const ipv4 = { method: 'static' as const, address: '192.0.2.129', prefixLength: 25 }
  const net = await scene.start({ config: { lan7: { type: 'vlan', vlan, ipv4 } } })
  await net.until(at('lan7', 'connection'), 'lan', DEADLINE)
  const made = await detailed(scene, 'lan7')
  assert.equal(
    [made?.link, made?.linkinfo?.info_kind, made?.linkinfo?.info_data?.['id'], made?.linkinfo?.info_data?.['protocol']],
    ['eth0', 'vlan', 7, '802.1Q'],
  )
  assert.ok(await reaches(routerNamespace, '192.0.2.129'))

  await scene.lab.ip('link', 'set', 'eth0', 'down')
  await net.until(at('lan7', 'connection'), 'disconnected', DEADLINE)
  await scene.lab.ip('link', 'set', 'eth0', 'up')
  await net.until(at('lan7', 'connection'), 'lan', DEADLINE)
  // This kernel renames no link that is up.
  await scene.lab.ip('link', 'set', 'eth0', 'down')
  await scene.lab.ip('link', 'set', 'eth0', 'name', 'other')
  await net.until(at('lan7', 'reason'), 'waiting for eth0 to appear', DEADLINE)
  assert.is(await detailed(scene, 'lan7'), undefined)
  await scene.lab.ip('link', 'set', 'other', 'name', 'eth0')
  await net.until(at('lan7', 'connection'), 'lan', DEADLINE)
  assert.ok(await reaches(routerNamespace, '192.0.2.129'))

  await net.configure('lan7', { type: 'vlan', vlan: { ...vlan, id: 8 }, ipv4 })
  await eventually('another VLAN', async () => (await detailed(scene, 'lan7'))?.linkinfo?.info_data?.['id'] === 8)
  await net.until(at('lan7', 'state'), 'configured', DEADLINE)
  assert.not.ok(await reaches(routerNamespace, '192.0.2.129'))
  await net.stop()
  assert.equal(await names(scene), before)
  assert.equal(await scene.ours(), [])
})

test('a VLAN goes with its parent and comes back with the next one of that name', async () => {
  await using scene = await SystemScene.create()
  const make = ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0'] as const
  const net = await scene.start({ config: { lan7: { type: 'vlan', vlan: { parent: 'eth0', id: 7 }, ...OFF } } })
  await net.until(at('lan7', 'reason'), 'waiting for eth0 to appear', DEADLINE)
  for (let round = 0; round < 2; round += 1) {
    await scene.lab.ip(...make)
    await net.until(at('lan7', 'state'), 'configured', DEADLINE)
    assert.ok((await detailed(scene, 'lan7'))?.flags.includes('UP'))
    await scene.lab.ip('link', 'delete', 'eth0')
    await net.until(at('lan7', 'reason'), 'waiting for eth0 to appear', DEADLINE)
  }
})

test('a bond uses its preferred port, the other one when the cable is pulled, and gives both back', async () => {
  await using scene = await SystemScene.create()
  const [first] = [await scene.uplink('eth0', 'none'), await scene.uplink('eth1', 'none')]
  const before = await names(scene)
  const bond = { interfaces: ['eth0', 'eth1'], primary: 'eth0', miimonMs: 50 }
  const ipv4 = { method: 'static' as const, address: '192.0.2.2', prefixLength: 24 }
  const net = await scene.start({ config: { bond0: { type: 'bond', bond, ipv4 } } })
  const active = at('bond0', 'bond', 'active_port')
  await net.until(active, 'eth0', DEADLINE)
  await net.until(at('bond0', 'connection'), 'lan', DEADLINE)
  const data = (await detailed(scene, 'bond0'))?.linkinfo?.info_data
  assert.equal([data?.['mode'], data?.['miimon'], data?.['primary']], ['active-backup', 50, 'eth0'])
  await eventually('both are ports', async () => (await detailed(scene, 'eth1'))?.master === 'bond0')
  await first.pullCable()
  await net.until(active, 'eth1', DEADLINE)
  assert.is(net.get(at('bond0', 'connection')), 'lan')
  await first.plugIn()
  await net.until(active, 'eth0', DEADLINE)

  const { primary: _primary, ...without } = bond
  await net.configure('bond0', { type: 'bond', bond: without, ipv4 })
  const primary = async (): Promise<unknown> => (await detailed(scene, 'bond0'))?.linkinfo?.info_data?.['primary']
  await eventually('none is preferred', async () => (await primary()) === undefined, DEADLINE)
  await eventually('it is a port again', async () => (await detailed(scene, 'eth0'))?.master === 'bond0', DEADLINE)
  assert.is(await primary(), undefined)

  await scene.lab.ip('link', 'set', 'eth1', 'nomaster')
  await net.until(at('bond0', 'reason'), (text) => /eth1 was taken out of bond0/.test(String(text)), DEADLINE)
  await eventually('it joins again', async () => (await detailed(scene, 'eth1'))?.master === 'bond0', DEADLINE)
  await net.stop()
  assert.equal(await names(scene), before)
  assert.equal(
    [(await detailed(scene, 'eth0'))?.master, (await detailed(scene, 'eth1'))?.master],
    [undefined, undefined],
  )
  assert.equal(await scene.ours(), [])
})

test('a dummy holds an address of the machine', async () => {
  await using scene = await SystemScene.create()
  const ipv4 = { method: 'static' as const, address: '198.51.100.7', prefixLength: 32 }
  const net = await scene.start({ config: { dummy7: { type: 'dummy', ipv4 } } })
  await net.until(at('dummy7', 'connection'), 'lan', DEADLINE)
  assert.is((await detailed(scene, 'dummy7'))?.linkinfo?.info_kind, 'dummy')
  assert.ok(await reaches(scene.lab.name, '198.51.100.7'))
  await net.stop()
  assert.equal(await names(scene), ['lo'])
})

test('a bridge filters VLANs with the default that is wanted, and without these keys does not', async () => {
  await using scene = await SystemScene.create()
  const config = (keys: object) => ({ type: 'bridge' as const, bridge: { interfaces: [], ...keys }, ...OFF })
  const net = await scene.start({ config: { br0: config({ vlanFiltering: true, vlanDefaultPvid: 7 }) } })
  const held = async (): Promise<unknown[]> => {
    const data = (await detailed(scene, 'br0'))?.linkinfo?.info_data
    return [data?.['vlan_filtering'], data?.['vlan_default_pvid'], data?.['vlan_protocol']]
  }
  const holds = (...wanted: unknown[]): Promise<unknown> =>
    eventually(`it is ${wanted.join(' ')}`, async () => String(await held()) === String(wanted), DEADLINE)
  await holds(1, 7, '802.1Q')
  await net.configure('br0', config({ vlanFiltering: true, vlanDefaultPvid: 9, vlanProtocol: '802.1ad' }))
  await holds(1, 9, '802.1ad')
  await net.configure('br0', config({}))
  await holds(0, 1, '802.1Q')
})

/** A gadget of g_ether in the lab, as usb0, and its host's end in a namespace of its own, as usb9. */
async function gadget(scene: SystemScene, hostNamespace: string): Promise<void> {
  const ends = (await readFile('/proc/net/dev', 'utf8')).match(/\busb\d+/g) ?? []
  assert.is(ends.length, 2, String(ends))
  for (const ifname of ends) {
    const { stdout } = await runCommand('readlink', ['-f', `/sys/class/net/${ifname}/device`])
    const [namespace, name] = stdout.includes('gadget') ? [scene.lab.name, 'usb0'] : [hostNamespace, 'usb9']
    await mustRun('ip', ['link', 'set', 'dev', ifname, 'netns', namespace, 'name', name])
  }
  await mustRun('ip', ['-n', hostNamespace, 'link', 'set', 'usb9', 'up'])
}

/** Both ends with their counters and addresses, and the servers that run: why nobody answered. */
async function situation(scene: SystemScene, hostNamespace: string): Promise<string> {
  const links = ['-statistics', 'address', 'show']
  const ends = [scene.lab.name, hostNamespace].map((name) => mustRun('ip', ['-n', name, ...links]))
  const { stdout } = await runCommand('pgrep', ['-a', 'udhcpd'])
  const logged = scene.logs.slice(-LOGGED_COUNT).map((line) => JSON.stringify(line))
  return [...(await Promise.all(ends)), `udhcpd: ${stdout}`, ...logged].join('\n')
}

async function lease(scene: SystemScene, namespace: string): Promise<string> {
  const script = join(scene.folder, 'client.sh')
  const take = 'ip address replace "$ip/$mask" dev $interface'
  await writeFile(script, `#!/bin/sh\n[ "$1" = bound ] && echo "$ip/$mask" > ${script}.lease && ${take}\nexit 0\n`)
  await chmod(script, 0o755)
  // Ten asks: a slow machine's server may not stand yet when the first ones come.
  const args = ['-f', '-q', '-n', '-t', '10', '-i', 'usb9', '-s', script]
  const { exitCode, stderr } = await runCommand(...inNamespace(namespace, 'udhcpc', args), { timeout: CLIENT_LIMIT_MS })
  assert.is(exitCode, 0, exitCode === 0 ? '' : `${await situation(scene, namespace)}\n${stderr}`)
  return (await readFile(`${script}.lease`, 'utf8')).trim()
}

test('a USB gadget and its host have addresses; the host is unplugged, and the gadget itself goes and comes back', async () => {
  await using scene = await SystemScene.create()
  const host = 'usb-host'
  await mustRun('ip', ['netns', 'add', host])
  for (const module of ['cdc_ether', 'cdc_subset', 'dummy_hcd', 'g_ether']) await mustRun('modprobe', [module])
  try {
    await eventually(
      'both ends',
      async () => (await readFile('/proc/net/dev', 'utf8')).match(/\busb\d+/g)?.length === 2,
      DEADLINE,
    )
    const net = await scene.start({ config: { usb0: { type: 'direct', direct: { hostname: 'gadget-7' } } } })
    await net.until(at('usb0', 'reason'), 'waiting for usb0 to appear', DEADLINE)
    await gadget(scene, host)
    await net.until(at('usb0', 'connection'), 'lan', DEADLINE)
    assert.is(await lease(scene, host), '172.31.132.154/30')
    assert.ok(await reaches(host, '172.31.132.153'))

    // The host lets the device go, and takes it again.
    const [device] = (await readdir('/sys/bus/usb/devices')).filter((name) => /^\d+-\d+$/.test(name))
    const authorize = async (digit: string): Promise<void> =>
      await writeFile(`/sys/bus/usb/devices/${device}/authorized`, digit)
    await authorize('0')
    await net.until(at('usb0', 'connection'), 'disconnected', DEADLINE)
    assert.is(net.get(at('usb0', 'lower_up')), false)
    await authorize('1')
    await eventually('the host sees it', async () => /\busb\d+/.test(await readFile('/proc/net/dev', 'utf8')), DEADLINE)
    const again = /\busb\d+/.exec(await readFile('/proc/net/dev', 'utf8'))?.[0] ?? ''
    await mustRun('ip', ['link', 'set', 'dev', again, 'netns', host, 'name', 'usb9'])
    await mustRun('ip', ['-n', host, 'link', 'set', 'usb9', 'up'])
    await net.until(at('usb0', 'connection'), 'lan', DEADLINE)
    assert.is(await lease(scene, host), '172.31.132.154/30')

    await mustRun('modprobe', ['-r', 'g_ether'])
    await net.until(at('usb0', 'reason'), 'waiting for usb0 to appear', DEADLINE)
    await mustRun('modprobe', ['g_ether'])
    await eventually(
      'both ends',
      async () => (await readFile('/proc/net/dev', 'utf8')).match(/\busb\d+/g)?.length === 2,
      DEADLINE,
    )
    await gadget(scene, host)
    await net.until(at('usb0', 'connection'), 'lan', DEADLINE)
    assert.is(await lease(scene, host), '172.31.132.154/30')
    await net.stop()
    assert.equal(await scene.ours(), [])
  } finally {
    await mustRun('modprobe', ['-r', 'g_ether'])
    await mustRun('ip', ['netns', 'delete', host])
  }
})

test.run()
