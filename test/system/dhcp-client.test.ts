/** What the client asks for and what it does with the answer, on the real udhcpc and servers whose words the test knows. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNet } from '../../lib/vintage-net.js'
import { eventually } from '../support/eventually.js'
import { Daemon } from '../support/lab/daemon.js'
import { startDhcpServer } from '../support/lab/dhcp-server.js'
import type { Uplink } from '../support/lab.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const SERVER_LINK = 'wan0'
/** udhcpc takes no lease for shorter than 16 s, and after three questions it waits 20 s. */
const LEASE_DEADLINE = { deadlineMs: 45_000 }

const at = (name: string): string[] => ['interface', 'eth0', name]
const options = (net: VintageNet) => net.get(at('dhcp_options')) as Record<string, unknown> | undefined

const CLIENT_ID = '01:02:00:00:00:00:99'

/** A server that logs every option of the client, and sends more than the lab's own. */
function talkativeServer(scene: SystemScene, uplink: Uplink): Promise<Daemon> {
  const args = ['--no-daemon', '--no-ping', '--port=0', '--conf-file=/dev/null', '--dhcp-authoritative', '--log-dhcp']
  args.push('--bind-interfaces', `--interface=${SERVER_LINK}`, '--except-interface=lo')
  args.push(`--dhcp-leasefile=${join(scene.folder, 'leases')}`)
  args.push('--dhcp-range=192.0.2.100,192.0.2.150,255.255.255.0,1h')
  args.push('--dhcp-option=option:router,192.0.2.1', '--dhcp-option=option:dns-server,192.0.2.53')
  args.push('--dhcp-option=option:classless-static-route,203.0.113.0/24,192.0.2.254,0.0.0.0/0,192.0.2.9')
  args.push('--dhcp-option=option:mtu,1400', '--dhcp-option=option:ntp-server,192.0.2.123')
  const title = 'a talkative dnsmasq'
  const onFailure = () => undefined
  const { routerNamespace: namespace } = uplink
  return Daemon.start({ title, namespace, program: 'dnsmasq', args, ready: /sockets bound|DHCP, IP range/, onFailure })
}

test('client identifier, vendor class, host name and wanted options reach the server; routes and MTU are applied', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  const server = await talkativeServer(scene, uplink)
  try {
    const ipv4 = {
      method: 'dhcp' as const,
      clientId: CLIENT_ID,
      vendorClass: 'press-maker',
      dhcpRequestOptions: ['staticroutes', 'mtu'],
    }
    const net = await scene.start({ config: { eth0: { type: 'ethernet', hostname: 'press-3', ipv4 } } })
    await net.until(['available_interfaces'], ['eth0'], DEADLINE)
    const log = server.log.join('\n')
    assert.match(log, /vendor class: press-maker/)
    assert.match(log, /client provides name: press-3/)
    // A line of dnsmasq's file: end, MAC address, IP address, host name, client identifier.
    const [lease = '', ...others] = (await readFile(join(scene.folder, 'leases'), 'utf8')).trim().split('\n')
    assert.equal([lease.split(' ').slice(3), others], [['press-3', CLIENT_ID], []])
    assert.match(log, /requested options:.*(26:mtu|121:classless-static-route)/)
    const { ip, ...told } = options(net) ?? {}
    assert.match(String(ip), /^192\.0\.2\.1[0-5]\d$/)
    assert.equal(told['staticroutes'], ['203.0.113.0/24', '192.0.2.254', '0.0.0.0/0', '192.0.2.9'])
    assert.equal(told['ntpsrv'], ['192.0.2.123'])
    const ours = (await scene.routes('main')).filter(({ protocol }) => protocol === '183')
    const hops = ours.map(({ dst, gateway }) => `${dst} ${gateway ?? '-'}`).sort()
    assert.equal(hops, ['192.0.2.0/24 -', '203.0.113.0/24 192.0.2.254', 'default 192.0.2.9'])
    assert.is((await scene.link('eth0')).mtu, 1400)

    await net.configure('eth0', { type: 'ethernet', ipv4: { method: 'dhcp', ignoreDns: true, ignoreGateway: true } })
    const isPlain = (told: unknown): boolean => told !== undefined && !Object.hasOwn(told as object, 'staticroutes')
    await net.until(at('dhcp_options'), isPlain, DEADLINE)
    assert.equal(options(net)?.['dns'], ['192.0.2.53'])
    await net.until(['name_servers'], [], DEADLINE)
    await eventually('no way out', async () => (await scene.wayOut()) === undefined)
    await eventually('the former MTU', async () => (await scene.link('eth0')).mtu === 1500)
    await net.stop()
  } finally {
    await server.stop()
  }
})

test('a short lease is renewed; without its server it ends; a server of another subnet gives another', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.lab.addUplink({
    ifname: 'eth0',
    subnet: '192.0.2.0/24',
    index: 10,
    dhcp: 'udhcpd',
    leaseSeconds: 10,
  })
  const net = await scene.start({ config: { eth0: { type: 'ethernet' } } })
  await net.until(['available_interfaces'], ['eth0'], DEADLINE)
  const [before] = await scene.addresses('eth0')
  const grants = () => uplink.dhcpServer.log.filter((line) => /sending ACK/i.test(line)).length
  await eventually('the lease is renewed', () => grants() >= 2, LEASE_DEADLINE)
  const [after, ...others] = await scene.addresses('eth0')
  assert.equal([after?.local, others], [before?.local, []])

  await uplink.stopDhcp()
  await net.until(at('dhcp_options'), undefined, LEASE_DEADLINE)
  await eventually('the address is withdrawn', async () => (await scene.addresses('eth0')).length === 0)
  assert.is(await scene.wayOut(), undefined)

  await uplink.routerIp('address', 'delete', '192.0.2.1/24', 'dev', SERVER_LINK)
  await uplink.routerIp('address', 'add', '198.51.100.1/24', 'dev', SERVER_LINK)
  const other = await startDhcpServer({
    kind: 'dnsmasq',
    namespace: uplink.routerNamespace,
    ifname: SERVER_LINK,
    network: '198.51.100',
    pool: [100, 150],
    leaseSeconds: 600,
    nameServers: ['198.51.100.53'],
    folder: scene.folder,
    onFailure: () => undefined,
  })
  try {
    await net.until(['available_interfaces'], ['eth0'], LEASE_DEADLINE)
    const [address] = await scene.addresses('eth0')
    assert.match(address?.local ?? '', /^198\.51\.100\.1[0-5]\d$/)
    const [way] = (await scene.routes('main')).filter(({ dst }) => dst === 'default')
    assert.is(way?.gateway, '198.51.100.1')
    await net.stop()
  } finally {
    await other.stop()
  }
})

test.run()
