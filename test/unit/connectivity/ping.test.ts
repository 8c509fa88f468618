import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Pinger } from '../../../lib/connectivity/ping.js'
import { NetworkError } from '../../../lib/errors.js'
import type { ProbeRequest, ProbeResult } from '../../../lib/kernel/messages.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { rejection } from '../../support/rejection.js'

const CONNECTED: ProbeResult = { outcome: 'connected', ms: 3 }
const SILENT: ProbeResult = { outcome: 'timeout', ms: 9 }

interface Setup {
  readonly outcomes?: Readonly<Record<string, ProbeResult>>
  readonly names?: Readonly<Record<string, readonly string[]>>
  readonly available?: readonly string[]
}

function setup({ outcomes = {}, names = {}, available = ['eth0'] }: Setup = {}) {
  const clock = new SimulatedClock()
  const fake = new FakeKernel({ clock })
  fake.lab.addLink({ ifname: 'eth0' })
  const probed: ProbeRequest[] = []
  const asked: string[] = []
  const kernel = {
    mirror: fake.mirror,
    probe: (request: ProbeRequest, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<ProbeResult> => {
      probed.push(request)
      if (signal?.aborted) return Promise.reject(new NetworkError('ERR_CANCELLED', 'cancelled'))
      return Promise.resolve(outcomes[request.address] ?? SILENT)
    },
  }
  const resolve = (ifname: string, name: string, signal: AbortSignal) => {
    asked.push(`${name} by ${ifname}`)
    const addresses = names[name]
    if (addresses !== undefined) return Promise.resolve({ addresses, ttlMs: 1_000 })
    return new Promise<never>((_, reject) => {
      const refuse = (): void => reject(new NetworkError('ERR_NAME_NOT_RESOLVED', `cannot resolve ${name}`))
      signal.addEventListener('abort', refuse)
    })
  }
  const pinger = new Pinger({ kernel, clock, names: { resolve }, availableInterfaces: () => available })
  return { pinger, clock, probed, asked, settled: () => fake.settled() }
}

test('an address is asked through the interface, on port 80 within 5 s unless told otherwise', async () => {
  const { pinger, probed, asked, settled } = setup({ outcomes: { '192.0.2.1': CONNECTED } })
  await settled()
  assert.equal(await pinger.ping('192.0.2.1'), { address: '192.0.2.1', ...CONNECTED })
  await pinger.ping('192.0.2.1', { ifname: 'eth0', port: 443, deadlineMs: 100 })
  assert.equal(probed, [
    { address: '192.0.2.1', port: 80, ifname: undefined, deadlineMs: 5_000 },
    { address: '192.0.2.1', port: 443, ifname: 'eth0', deadlineMs: 100 },
  ])
  assert.equal(asked, [])
})

test('a name is resolved by the interface, else by the best one; its addresses are tried until one answers', async () => {
  const names = { 'host.example': ['192.0.2.1', '192.0.2.2', '192.0.2.3'] }
  const refused: ProbeResult = { outcome: 'refused', ms: 1 }
  const { pinger, probed, asked, settled } = setup({ names, outcomes: { '192.0.2.2': refused }, available: ['wlan0'] })
  await settled()
  assert.equal(await pinger.ping('Host.Example.', { ifname: 'eth0' }), { address: '192.0.2.2', ...refused })
  await pinger.ping('host.example')
  assert.equal(asked, ['host.example by eth0', 'host.example by wlan0'])
  assert.equal(
    probed.slice(0, 2).map(({ address }) => address),
    ['192.0.2.1', '192.0.2.2'],
  )
  assert.ok(Number(probed[0]?.deadlineMs) < 1_700, 'a silent first address leaves time for the others')
})

test('where nobody answers, the last outcome is told', async () => {
  const { pinger, settled } = setup({ names: { 'host.example': ['192.0.2.1', '192.0.2.2'] } })
  await settled()
  assert.equal(await pinger.ping('host.example'), { address: '192.0.2.2', ...SILENT })
})

test('a name that takes all the time is a timeout, one that nobody can resolve says so', async () => {
  const { pinger, clock } = setup()
  const late = rejection(pinger.ping('slow.example', { deadlineMs: 200 }))
  await clock.advance(200)
  assert.is((await late).code, 'ERR_TIMEOUT')
  const without = setup({ available: [] })
  assert.is((await rejection(without.pinger.ping('host.example'))).code, 'ERR_NAME_NOT_RESOLVED')
})

test('a stop ends what is under way', async () => {
  const { pinger, settled } = setup({ names: { 'host.example': ['192.0.2.1'] } })
  await settled()
  const waiting = rejection(pinger.ping('slow.example'))
  pinger.stop()
  assert.is((await waiting).code, 'ERR_NAME_NOT_RESOLVED')
  assert.is((await rejection(pinger.ping('192.0.2.1'))).code, 'ERR_CANCELLED')
})

test('wrong arguments are refused by name', async () => {
  const { pinger, probed } = setup()
  const wrong: readonly [unknown, unknown, string][] = [
    [undefined, {}, 'host'],
    ['', {}, 'host'],
    ['no host', {}, 'host'],
    ['192.0.2.300', {}, 'host'],
    [7, {}, 'host'],
    ['192.0.2.1', { port: 0 }, 'port'],
    ['192.0.2.1', { port: '80' }, 'port'],
    ['192.0.2.1', { deadlineMs: 0 }, 'deadlineMs'],
    ['192.0.2.1', { deadlineMs: Number.NaN }, 'deadlineMs'],
    ['192.0.2.1', { ifname: 'no/name' }, 'ifname'],
    ['192.0.2.1', { ifname: 7 }, 'ifname'],
    ['192.0.2.1', null, 'options'],
  ]
  for (const [host, options, field] of wrong) {
    const error = await rejection(pinger.ping(host, options))
    assert.equal([error.code, error.field], ['ERR_INVALID_CONFIG', field])
  }
  assert.is((await rejection(pinger.ping('192.0.2.1', { ifname: 'eth7' }))).code, 'ERR_NO_SUCH_INTERFACE')
  assert.equal(probed, [])
})

test.run()
