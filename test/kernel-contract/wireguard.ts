/** The contract for WireGuard devices: what is set can be read back. */

import * as assert from 'uvu/assert'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { SetWireguardDevice, WireguardDevice } from '../../lib/kernel/messages.js'
import { rejection } from '../support/rejection.js'
import type { KindChoice } from './link-kinds.js'
import { type ContractTest, codes, mustSend } from './world.js'

/** 32 octets that differ from those of another number. */
const key = (number: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, at) => (number + at * 7) & 255)
/** As the kernel keeps a private key (curve25519_clamp_secret). */
function clamped(secret: Uint8Array): Uint8Array {
  const kept = Uint8Array.from(secret)
  kept[0] = (secret[0] ?? 0) & 248
  kept[31] = ((secret[31] ?? 0) & 127) | 64
  return kept
}
/** More than one request holds, and more than one answer. */
const MANY_PEERS = 600
const MANY_ALLOWED_IPS = 900

const DEVICE: SetWireguardDevice = {
  type: 'setWireguardDevice',
  ifname: 'wg0',
  privateKey: key(3),
  listenPort: 51_820,
  fwmark: 7,
  peers: [
    {
      publicKey: key(50),
      presharedKey: key(60),
      endpoint: { address: '192.0.2.1', port: 4_500 },
      keepaliveSeconds: 25,
      allowedIps: ['198.51.100.0/24', '2001:db8:1::/48'],
    },
    { publicKey: key(51), endpoint: { address: '2001:db8::1', port: 4_501 }, allowedIps: ['203.0.113.7/32'] },
  ],
}

const allowed = (device: WireguardDevice, at: number): string[] =>
  (device.peers[at]?.allowedIps ?? []).map(({ address, prefixLength }) => `${address}/${prefixLength}`).sort()

const byKey = (device: WireguardDevice): WireguardDevice => ({
  ...device,
  peers: [...device.peers].sort((a, b) => Buffer.compare(a.publicKey, b.publicKey)),
})

async function addDevice(kernel: Kernel): Promise<void> {
  await mustSend(kernel, [{ type: 'addLink', ifname: 'wg0', ifindex: 30, kind: 'wireguard' }, DEVICE])
}

/** Declares the tests for WireGuard. */
export function wireguardContract(test: ContractTest, { lacking, leaveOut }: KindChoice): void {
  const testWireguard = (title: string, body: Parameters<ContractTest>[1]): void => {
    if (lacking.has('wireguard')) leaveOut(title, 'the kernel has no links of kind wireguard')
    else test(title, body)
  }

  test('a link that is no WireGuard device is ERR_UNSUPPORTED, one that is not there ERR_NO_SUCH_INTERFACE', async ({
    kernel,
  }) => {
    assert.is((await rejection(kernel.wireguardDevice({ ifname: 'lo' }))).code, 'ERR_UNSUPPORTED')
    assert.is((await rejection(kernel.wireguardDevice({ ifname: 'wg9' }))).code, 'ERR_NO_SUCH_INTERFACE')
  })

  test('a key of another length is refused, and is not shown', async ({ kernel }) => {
    const secret = Uint8Array.from([101, 102, 103])
    const [result] = await kernel.send([{ type: 'setWireguardDevice', ifname: 'lo', privateKey: secret }])
    assert.match(String(result), /privateKey is "3 octets", expected 32 octets/)
    assert.not.match(JSON.stringify(result) + String(result), /101|102|103/)
  })

  testWireguard('a WireGuard device reads back as it was set', async ({ kernel }) => {
    await addDevice(kernel)
    const device = byKey(await kernel.wireguardDevice({ ifname: 'wg0' }))
    assert.equal([device.ifindex, device.ifname, device.listenPort, device.fwmark], [30, 'wg0', 51_820, 7])
    assert.equal(device.privateKey, clamped(key(3)))
    assert.is(device.publicKey?.length, 32)
    const [first, second] = device.peers
    assert.equal([first?.publicKey, first?.presharedKey, first?.keepaliveSeconds], [key(50), key(60), 25])
    assert.equal(first?.endpoint, { address: '192.0.2.1', port: 4_500 })
    assert.equal(second?.endpoint, { address: '2001:db8::1', port: 4_501 })
    assert.equal([second?.presharedKey, second?.keepaliveSeconds, second?.lastHandshakeMs], [undefined, 0, undefined])
    assert.equal(allowed(device, 0), ['198.51.100.0/24', '2001:db8:1::/48'])
    assert.equal(allowed(device, 1), ['203.0.113.7/32'])
  })

  testWireguard(
    'what is not given stays, a peer is taken away, replaced peers are all that is left',
    async ({ kernel }) => {
      await addDevice(kernel)
      const set = (more: Partial<SetWireguardDevice>) =>
        mustSend(kernel, [{ type: 'setWireguardDevice', ifindex: 30, ...more }])
      await set({ fwmark: 0, peers: [{ publicKey: key(50), remove: true }] })
      const one = await kernel.wireguardDevice({ ifindex: 30 })
      assert.equal([one.listenPort, one.fwmark, one.peers.length], [51_820, 0, 1])
      await set({ peers: [{ publicKey: key(51), replaceAllowedIps: true, allowedIps: ['203.0.113.8/32'] }] })
      assert.equal(allowed(await kernel.wireguardDevice({ ifindex: 30 }), 0), ['203.0.113.8/32'])
      await set({ peers: [{ publicKey: key(70), updateOnly: true, keepaliveSeconds: 9 }] })
      assert.is((await kernel.wireguardDevice({ ifindex: 30 })).peers.length, 1, 'an update makes no peer')
      await set({ replacePeers: true, peers: [{ publicKey: key(71) }] })
      const replaced = await kernel.wireguardDevice({ ifindex: 30 })
      assert.equal(
        replaced.peers.map(({ publicKey }) => publicKey),
        [key(71)],
      )
    },
  )

  testWireguard('an allowed IP belongs to one peer, the last that it was given to', async ({ kernel }) => {
    await addDevice(kernel)
    const peers = [{ publicKey: key(51), allowedIps: ['198.51.100.0/24'] }]
    await mustSend(kernel, [{ type: 'setWireguardDevice', ifname: 'wg0', peers }])
    const device = byKey(await kernel.wireguardDevice({ ifname: 'wg0' }))
    assert.equal(allowed(device, 0), ['2001:db8:1::/48'])
    assert.equal(allowed(device, 1), ['198.51.100.0/24', '203.0.113.7/32'])
  })

  testWireguard('many peers, and a peer with many allowed IPs, are one device', async ({ kernel }) => {
    await addDevice(kernel)
    const many = Array.from({ length: MANY_PEERS }, (_, at) => ({
      publicKey: Uint8Array.from({ length: 32 }, (__, octet) => (octet === 0 ? at & 255 : octet === 1 ? at >> 8 : 9)),
      allowedIps: [`10.${at >> 8}.${at & 255}.0/24`],
    }))
    const allowedIps = Array.from({ length: MANY_ALLOWED_IPS }, (_, at) => `172.16.${at >> 8}.${at & 255}/32`)
    const peers = [...many, { publicKey: key(90), allowedIps }]
    await mustSend(kernel, [{ type: 'setWireguardDevice', ifname: 'wg0', replacePeers: true, peers }])
    const device = await kernel.wireguardDevice({ ifname: 'wg0' })
    assert.is(new Set(device.peers.map(({ publicKey }) => publicKey.join())).size, MANY_PEERS + 1)
    assert.is(device.peers.length, MANY_PEERS + 1)
    const at = device.peers.findIndex(({ publicKey }) => Buffer.compare(publicKey, key(90)) === 0)
    assert.equal(allowed(device, at), [...allowedIps].sort())
  })

  testWireguard('setting a device that is none is refused', async ({ kernel }) => {
    const set = { type: 'setWireguardDevice', fwmark: 1 } as const
    const results = await kernel.send([
      { ...set, ifname: 'lo' },
      { ...set, ifindex: 99 },
    ])
    assert.equal(codes(results), ['EOPNOTSUPP', 'ENODEV'])
  })
}
