/** Every recipe of docs/cookbook/ethernet.md, run as it stands there. */

import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { udhcpdEvent } from '../../../lib/testing/scripted-daemon.js'
import { Cookbook, type Kitchen } from '../../support/kitchen.js'

const book = new Cookbook('ethernet')

/** The name of the link that a link is a port of, or stands on. */
function below(kitchen: Kitchen, ifname: string, relation: 'master' | 'parent'): string | undefined {
  const { mirror } = kitchen.world.kernel
  const index = mirror.linkByName(ifname)?.[relation]
  return index === undefined ? undefined : mirror.link(index)?.ifname
}

book.recipe('Take an address by DHCP', async ({ kitchen }) => {
  await kitchen.lease('eth0', '192.0.2.7')
  await kitchen.until('it is told', () => kitchen.printed.length > 0)
  assert.equal(kitchen.printed, ['192.0.2.7, for 86400 s, by 192.0.2.1'])
  assert.equal(kitchen.addresses('eth0'), ['192.0.2.7'])
})

book.recipe('Ask the DHCP server for more', async ({ kitchen, running }) => {
  const { request } = await kitchen.client('eth0')
  const { args } = request
  for (const asked of ['ntpsrv', 'mtu', 'wpad']) assert.is(args[args.indexOf(asked) - 1], '-O')
  assert.ok(args.includes('hostname:press-3'))
  assert.ok(args.some((arg) => arg.startsWith('0x3d:')))
  await kitchen.lease('eth0', '192.0.2.7', { ntpsrv: '192.0.2.123', wpad: 'http://192.0.2.9/w', dns: '192.0.2.53' })
  await kitchen.world.during(running)
  assert.equal(kitchen.printed, ['time of 192.0.2.123, proxies of http://192.0.2.9/w'])
  assert.equal(kitchen.net.get(['name_servers']), [])
})

book.recipe('Set a static address and name servers', async ({ kitchen, running }) => {
  await kitchen.world.during(running)
  assert.equal(kitchen.addresses('eth0'), ['192.0.2.2'])
  assert.equal(kitchen.routes('eth0'), ['192.0.2.0/24 - 10', 'default 192.0.2.1 10'])
  const resolv = (): Promise<string> => readFile(kitchen.world.resolvConf, 'utf8')
  await kitchen.until('resolv.conf is written', () => kitchen.net.get(['resolv_conf']) === 'written')
  assert.match(await resolv(), /^search example\.com\b/m)
  assert.equal((await resolv()).match(/^nameserver \S+/gm), ['nameserver 192.0.2.1', 'nameserver 203.0.113.53'])
})

book.recipe('Have several addresses, and reach further networks', async ({ kitchen, running }) => {
  await running
  await kitchen.until('the routes stand', () => kitchen.routes('eth0').length === 5)
  assert.equal(kitchen.addresses('eth0').sort(), ['10.0.0.2', '192.0.2.2'])
  const [near, subnet, far, further, out] = kitchen.routes('eth0')
  assert.match([near, subnet].join(), /^10\.0\.0\.0\/16 - \d+,192\.0\.2\.0\/24 - \d+$/)
  assert.is(far, '198.51.100.0/24 10.0.0.1 50')
  assert.match([further, out].join(), /^203\.0\.113\.0\/24 192\.0\.2\.254 \d+,default 192\.0\.2\.1 \d+$/)
})

/** udhcpd's file with one lease: 8 octets of time, then MAC, address, seconds left and name of each. */
function leaseFile(): Uint8Array {
  const file = Buffer.alloc(8 + 36)
  file.writeBigInt64BE(BigInt(Date.UTC(2020, 0, 1) / 1_000))
  file.writeUInt32BE(3_600, 8)
  file.set([192, 0, 2, 20], 12)
  file.set([2, 0, 0, 0, 0, 20], 16)
  file.write('press-3', 22)
  return file
}

book.recipe('Give addresses to what is plugged in', async ({ kitchen, running }) => {
  await running
  const { daemons } = kitchen.world
  await kitchen.until('the server runs', () => daemons.running('udhcpd').length === 1)
  const [server] = daemons.running('udhcpd')
  const conf = await readFile(server?.request.args.at(-1) ?? '', 'utf8')
  const lines = [
    'start 192.0.2.20',
    'end 192.0.2.60',
    'static_lease 02:00:00:00:00:09 192.0.2.9',
    'opt router 192.0.2.1',
  ]
  assert.equal(
    lines.filter((line) => !conf.split('\n').includes(line)),
    [],
  )
  const leases = /^lease_file (.*)$/m.exec(conf)?.[1] ?? ''
  await writeFile(leases, leaseFile())
  server?.writeStdout(udhcpdEvent(leases))
  await kitchen.until('the lease is told', () => kitchen.printed.length > 0)
  assert.equal(kitchen.printed, ['192.0.2.20 press-3'])
})

book.recipe(
  'Be a USB gadget',
  async ({ kitchen, running }) => {
    await kitchen.world.during(running)
    const [own, ...others] = kitchen.addresses('usb0')
    assert.match(own ?? '', /^172\.31\.\d+\.\d+$/)
    assert.equal(others, [])
    assert.equal(kitchen.printed, [`the host reaches us at ${own}`])
    await kitchen.until('the other end gets one', () => kitchen.world.daemons.running('udhcpd').length === 1)
  },
  { links: ['usb0'] },
)

book.recipe('Take one VLAN off a trunk', async ({ kitchen, running }) => {
  await kitchen.lease('eth0.7', '192.0.2.7')
  await kitchen.world.during(running)
  const link = kitchen.world.kernel.mirror.linkByName('eth0.7')
  assert.is(link?.kind, 'vlan')
  assert.is(link?.vlan?.id, 7)
  assert.is(below(kitchen, 'eth0.7', 'parent'), 'eth0')
  assert.equal(kitchen.addresses('eth0'), [])
  assert.equal(kitchen.addresses('eth0.7'), ['192.0.2.7'])
})

book.recipe('Join two ports to one network', async ({ kitchen, running }) => {
  await kitchen.world.during(running)
  const { mirror } = kitchen.world.kernel
  await kitchen.until('both are ports', () => below(kitchen, 'eth1', 'master') === 'br0')
  assert.is(below(kitchen, 'eth0', 'master'), 'br0')
  assert.is(mirror.linkByName('br0')?.bridge?.stp, true)
  assert.ok((await kitchen.client('br0')).running)
})

book.recipe('Use two cables as one', async ({ kitchen, running }) => {
  await running
  await kitchen.configured('bond0')
  const { lab, mirror } = kitchen.world.kernel
  await kitchen.until('both are ports', () => below(kitchen, 'eth1', 'master') === 'bond0')
  assert.is(below(kitchen, 'eth0', 'master'), 'bond0')
  assert.is(mirror.linkByName('bond0')?.bond?.mode, 'active-backup')
  assert.equal(kitchen.addresses('bond0'), ['192.0.2.2'])
  // What the kernel's bond driver does by itself.
  const activeSlave = mirror.linkByName('eth1')?.ifindex
  assert.ok(activeSlave)
  lab.foreign([{ type: 'setLink', ifname: 'bond0', bond: { activeSlave } }])
  await kitchen.until('it is told', () => kitchen.printed.at(-1) === 'sends by eth1')
})

book.recipe('Be a second station on the same cable', async ({ kitchen, running }) => {
  await running
  await kitchen.configured('press')
  const link = kitchen.world.kernel.mirror.linkByName('press')
  assert.is(link?.kind, 'macvlan')
  assert.is(link?.macAddress, '02:00:00:00:00:07')
  assert.is(below(kitchen, 'press', 'parent'), 'eth0')
  await kitchen.until('it has its address', () => kitchen.addresses('press').includes('192.0.2.7'))
})

book.recipe(
  'Keep an interface off',
  async ({ kitchen, running }) => {
    await kitchen.world.during(running)
    assert.equal(kitchen.printed, ['eth0'])
    await kitchen.until('it is down', () => kitchen.world.kernel.mirror.linkByName('eth1')?.up === false)
    assert.equal(kitchen.addresses('eth1'), [])
  },
  {
    async before(kitchen) {
      const ipv4 = (address: string) => ({ method: 'static' as const, address, prefixLength: 24 })
      await kitchen.start({
        config: {
          eth0: { type: 'ethernet', ipv4: ipv4('192.0.2.2') },
          eth1: { type: 'ethernet', ipv4: ipv4('198.51.100.2') },
        },
      })
      await kitchen.until('both have addresses', () => kitchen.addresses('eth1').length === 1)
    },
  },
)

book.recipe(
  'Name interfaces by where they are plugged in',
  async ({ kitchen, running }) => {
    await kitchen.world.during(running)
    const { mirror } = kitchen.world.kernel
    await kitchen.until('both are renamed', () => mirror.linkByName('uplink0') !== undefined)
    assert.is(mirror.linkByName('lan0')?.ifindex, 10)
    assert.is(mirror.linkByName('uplink0')?.ifindex, 11)
    await kitchen.until('it is configured', () => kitchen.addresses('lan0').includes('192.0.2.1'))
    assert.ok((await kitchen.client('uplink0')).running)
    assert.ok(kitchen.printed.includes('lan0 /devices/platform/scb/fd580000.genet'))
  },
  {
    links: [],
    async before({ world }) {
      const { lab } = world.kernel
      lab.addLink({ ifname: 'eth1', ifindex: 10 })
      lab.addLink({ ifname: 'eth0', ifindex: 11 })
      lab.hwPath('eth1', '/devices/platform/scb/fd580000.genet')
      lab.hwPath('eth0', '/devices/platform/scb/fd500000.pcie/usb1/1-1/1-1.2')
    },
  },
)

book.everyRecipeIsTried()

test.run()
