/** Commands for radios and WireGuard: what is wrong with them is said by field, and secrets are not shown. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { checkCommand } from '../../../lib/kernel/check-command.js'
import type { KernelCommand, WireguardDevice, WireguardPeer } from '../../../lib/kernel/messages.js'
import { namesChanged, namesUsed, resolveCommand } from '../../../lib/kernel/resolve-command.js'
import { wholeDevice } from '../../../lib/kernel/wireguard.js'
import { FakeKernel } from '../../../lib/testing/index.js'
import { rejection } from '../../support/rejection.js'

const test = suite('commands of generic netlink')
const key = (octet: number): Uint8Array => new Uint8Array(32).fill(octet)
const wireguard = (more: object) => ({ type: 'setWireguardDevice', ifname: 'wg0', ...more }) as KernelCommand
const peer = (more: object) => wireguard({ peers: [{ publicKey: key(1) }, { publicKey: key(2), ...more }] })

const FAULTS: readonly (readonly [command: unknown, field: string])[] = [
  [{ type: 'requestRegulatory', alpha2: 'de' }, 'alpha2'],
  [{ type: 'requestRegulatory' }, 'alpha2'],
  [{ type: 'addWirelessInterface', parent: 'wlan0', mode: 'mesh' }, 'ifname'],
  [{ type: 'addWirelessInterface', ifname: 'mesh0', mode: 'mesh' }, 'parent'],
  [{ type: 'addWirelessInterface', ifname: 'mesh0', parent: 'wlan0', mode: 'mash' }, 'mode'],
  [{ type: 'addWirelessInterface', ifname: 'mesh0', parent: 0, mode: 'mesh' }, 'parent'],
  [{ type: 'deleteWirelessInterface' }, 'ifname'],
  [{ type: 'setPowerSave', ifname: 'wlan0' }, 'enabled'],
  [{ type: 'setPowerSave', ifname: 'wlan0', enabled: 1 }, 'enabled'],
  [{ type: 'setMeshParameters', ifname: 'mesh0', hwmpRootMode: 5 }, 'hwmpRootMode'],
  [{ type: 'setMeshParameters', ifname: 'mesh0', rssiThresholdDbm: 1 }, 'rssiThresholdDbm'],
  [wireguard({ privateKey: new Uint8Array(31) }), 'privateKey'],
  [wireguard({ privateKey: 'text' }), 'privateKey'],
  [wireguard({ listenPort: 65_536 }), 'listenPort'],
  [wireguard({ peers: 'none' }), 'peers'],
  [wireguard({ peers: [7] }), 'peers.0'],
  [wireguard({ peers: [{}] }), 'peers.0.publicKey'],
  [peer({ presharedKey: new Uint8Array(33) }), 'peers.1.presharedKey'],
  [peer({ endpoint: { address: 'host.example', port: 1 } }), 'peers.1.endpoint.address'],
  [peer({ endpoint: { address: '192.0.2.1', port: 0 } }), 'peers.1.endpoint.port'],
  [peer({ keepaliveSeconds: 65_536 }), 'peers.1.keepaliveSeconds'],
  [peer({ allowedIps: ['192.0.2.0/24', '192.0.2.0/33'] }), 'peers.1.allowedIps.1'],
]

for (const [command, field] of FAULTS) {
  const { type } = command as KernelCommand
  test(`${type}: a wrong ${field} is named`, () => {
    const error = checkCommand(command as KernelCommand)
    assert.equal([error?.field, error?.operation], [field, type])
  })
}

test('no error shows a key', () => {
  const secrets = [{ privateKey: 'a secret key' }, { peers: [{ publicKey: key(1), presharedKey: 'a secret key' }] }]
  for (const secret of secrets) {
    const error = checkCommand(wireguard(secret))
    assert.ok(isNetworkError(error, 'ERR_INVALID_CONFIG') || isNetworkError(error))
    assert.not.match(`${error} ${JSON.stringify(error)}`, /a secret/)
  }
})

test('names become indices, and who makes or deletes a name is waited for', () => {
  const links = { wlan0: 7, wg0: 9 } as const
  const mirror = {
    link: () => undefined,
    linkByName: (ifname: string) => {
      const ifindex = links[ifname as keyof typeof links]
      return ifindex === undefined
        ? undefined
        : { ifindex, ifname, mtu: 1_500, up: true, lowerUp: true, operstate: 'up' as const }
    },
  }
  const add: KernelCommand = { type: 'addWirelessInterface', ifname: 'mesh0', parent: 'wlan0', mode: 'mesh' }
  assert.equal(namesUsed(add), ['wlan0'])
  assert.equal(namesChanged(add, mirror), ['mesh0'])
  assert.equal(resolveCommand(add, mirror), { ...add, parent: 7 })
  assert.equal(namesChanged({ type: 'deleteWirelessInterface', ifname: 'mesh0' }, mirror), ['mesh0'])
  assert.equal(resolveCommand(wireguard({ fwmark: 1 }), mirror), { type: 'setWireguardDevice', ifindex: 9, fwmark: 1 })
  assert.ok(isNetworkError(resolveCommand({ ...add, parent: 'wlan9' }, mirror), 'ERR_NO_SUCH_INTERFACE'))
})

test('a device in pieces is put together; a peer goes on where its piece ended', () => {
  const peerOf = (octet: number, ...addresses: string[]): WireguardPeer => ({
    publicKey: key(octet),
    keepaliveSeconds: 0,
    rxBytes: 0,
    txBytes: 0,
    allowedIps: addresses.map((address) => ({ address, prefixLength: 32 })),
    protocolVersion: 1,
  })
  const piece = (...peers: WireguardPeer[]): WireguardDevice => {
    return { ifindex: 9, ifname: 'wg0', listenPort: 1, fwmark: 0, peers }
  }
  const whole = wholeDevice([
    piece(peerOf(1, '192.0.2.1'), peerOf(2, '192.0.2.2')),
    piece(peerOf(2, '192.0.2.3')),
    piece(peerOf(2, '192.0.2.4'), peerOf(3)),
    piece(),
  ])
  assert.equal(whole.peers, [peerOf(1, '192.0.2.1'), peerOf(2, '192.0.2.2', '192.0.2.3', '192.0.2.4'), peerOf(3)])
})

test('a kernel without nl80211 is ERR_UNSUPPORTED, for calls and for commands; with it they work', async () => {
  await using kernel = new FakeKernel()
  for (const call of [kernel.wireless.radios(), kernel.wireless.interfaces(), kernel.wireless.regulatoryDomains()]) {
    assert.is((await rejection(call)).code, 'ERR_UNSUPPORTED')
  }
  const command: KernelCommand = { type: 'requestRegulatory', alpha2: 'DE' }
  const [refused] = await kernel.send([command])
  assert.ok(isNetworkError(refused, 'ERR_UNSUPPORTED'))
  assert.match(refused.message, /requestRegulatory DE: the kernel has no nl80211 \(EPROTONOSUPPORT\)/)
  const told: string[] = []
  kernel.wireless.subscribe(({ type }) => told.push(type))
  // What is asked for after subscribing stands behind the joining.
  await rejection(kernel.wireless.interfaces())
  kernel.lab.radios.addRadio({ ifname: 'wlan0' })
  assert.equal(await kernel.send([command]), ['done'])
  assert.equal(told, ['interface', 'regulatory'])
})

test('they are no commands for a standing order', async () => {
  await using kernel = new FakeKernel()
  const when = { ifname: 'lo', lowerUp: false }
  const commands: KernelCommand[] = [{ type: 'setPowerSave', ifname: 'lo', enabled: true }]
  const error = await rejection(kernel.setStandingOrders([{ name: 'one', when, commands }]))
  assert.equal([error.code, error.field], ['ERR_INVALID_CONFIG', 'orders.0.commands.0.type'])
})

test.run()
