import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { WireguardPeer } from '../../../../lib/kernel/messages.js'
import type { StepContext } from '../../../../lib/technology/plan.js'
import { type DeviceArgs, setDevice } from '../../../../lib/technology/wireguard/device-step.js'
import { encodeKey, generateKeyPair, generatePresharedKey } from '../../../../lib/technology/wireguard/keys.js'
import { FakeKernel } from '../../../../lib/testing/fake-kernel.js'
import { rejection } from '../../../support/rejection.js'

const test = suite('technology/wireguard/device-step')

const own = generateKeyPair()
const [first, second, third] = [generateKeyPair(), generateKeyPair(), generateKeyPair()].map((pair) => pair.publicKey)
const presharedKey = generatePresharedKey()

const peer = (publicKey = '', more: object = {}) => ({ publicKey, allowedIps: [], keepaliveSeconds: 0, ...more })

/** A device that steps are run on. */
async function device(work: (run: (args: Partial<DeviceArgs>) => Promise<void>, kernel: FakeKernel) => Promise<void>) {
  const kernel = new FakeKernel()
  await kernel.send([{ type: 'addLink', ifname: 'wg0', kind: 'wireguard' }])
  const context = { kernel, ifname: 'wg0' } as unknown as StepContext
  const key = { privateKey: own.privateKey, fwmark: 0, peers: [] }
  try {
    await work(async (args) => {
      const step = setDevice({ ...key, ...args })
      await step.run(step.args, context)
    }, kernel)
  } finally {
    await kernel.close()
  }
}

async function peersOf(kernel: FakeKernel): Promise<Map<string, WireguardPeer>> {
  const { peers } = await kernel.wireguardDevice({ ifname: 'wg0' })
  return new Map(peers.map((one) => [encodeKey(one.publicKey), one]))
}

test('key, port, mark and peers', () =>
  device(async (run, kernel) => {
    await run({
      listenPort: 51_820,
      fwmark: 7,
      peers: [
        peer(first, {
          presharedKey,
          allowedIps: ['10.9.0.0/16'],
          keepaliveSeconds: 25,
          endpoint: { host: '192.0.2.1', port: 1, literal: true },
        }),
        peer(second, { keepaliveSeconds: 25, endpoint: { host: 'vpn.example.net', port: 1, literal: false } }),
      ],
    })
    const { publicKey, listenPort, fwmark } = await kernel.wireguardDevice({ ifname: 'wg0' })
    assert.is(encodeKey(publicKey ?? new Uint8Array()), own.publicKey)
    assert.equal([listenPort, fwmark], [51_820, 7])
    const peers = await peersOf(kernel)
    const literal = peers.get(first ?? '')
    assert.equal(literal?.endpoint, { address: '192.0.2.1', port: 1 })
    assert.is(encodeKey(literal?.presharedKey ?? new Uint8Array()), presharedKey)
    assert.is(literal?.keepaliveSeconds, 25)
    const named = peers.get(second ?? '')
    assert.equal([named?.endpoint, named?.keepaliveSeconds], [undefined, 0], 'the watch places it')
  }))

test('a peer that stays is not disturbed, one that is gone goes, and so does a preshared key', () =>
  device(async (run, kernel) => {
    await run({ peers: [peer(first, { presharedKey, allowedIps: ['10.9.0.0/16'] }), peer(second)] })
    const heard = { lastHandshakeMs: 5, rxBytes: 1, txBytes: 2, endpoint: { address: '203.0.113.9', port: 9 } }
    kernel.lab.hearPeer('wg0', first ?? '', heard)
    const endpoint = { host: '192.0.2.1', port: 1, literal: true }
    await run({ peers: [peer(third), peer(first, { allowedIps: ['10.10.0.0/16'], endpoint, keepaliveSeconds: 9 })] })
    const peers = await peersOf(kernel)
    assert.equal([...peers.keys()].sort(), [first, third].sort())
    const kept = peers.get(first ?? '')
    assert.is(kept?.lastHandshakeMs, 5)
    assert.equal(kept?.endpoint, heard.endpoint, 'it knows best where it is')
    assert.equal(kept?.allowedIps, [{ address: '10.10.0.0', prefixLength: 16 }])
    assert.is(kept?.presharedKey, undefined)
    assert.is(kept?.keepaliveSeconds, 9)
  }))

test('keys come from files; what is wrong with one is told by the field and the path, never by what stands there', () =>
  device(async (run, kernel) => {
    const folder = await mkdtemp(join(tmpdir(), 'wireguard-keys-'))
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text)
      return join(folder, name)
    }
    try {
      const privateKeyFile = await file('own', `${own.privateKey}\n`)
      const presharedKeyFile = await file('shared', presharedKey)
      await run({ privateKey: undefined, privateKeyFile, peers: [peer(first, { presharedKeyFile })] })
      const shared = (await peersOf(kernel)).get(first ?? '')?.presharedKey
      assert.is(encodeKey(shared ?? new Uint8Array()), presharedKey)
      const cut = await file('cut', own.privateKey.slice(1))
      const wrong = await rejection(run({ privateKey: undefined, privateKeyFile: cut }))
      assert.is(wrong.field, 'privateKeyFile')
      assert.not.ok(wrong.message.includes(own.privateKey.slice(1, 20)))
      const missing = await rejection(run({ peers: [peer(first, { presharedKeyFile: `${folder}/none` })] }))
      assert.is(missing.field, 'peers.0.presharedKeyFile')
      assert.match(missing.message, /none/)
      const endless = await rejection(run({ privateKey: undefined, privateKeyFile: '/dev/zero' }))
      assert.match(endless.message, /privateKeyFile: .*no file/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }))

test('what the kernel refuses is the failure of the step', () =>
  device(async (run, kernel) => {
    kernel.lab.refuse(({ type }) => type === 'setWireguardDevice', 'EADDRINUSE')
    assert.match((await rejection(run({ listenPort: 1 }))).message, /EADDRINUSE/)
  }))

test.run()
