import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import type { Connection } from '../../../lib/connectivity/check-logic.js'
import { type HostAddress, readHostList } from '../../../lib/connectivity/host-list.js'
import { InternetCheck, type InternetCheckDeps } from '../../../lib/connectivity/internet-check.js'
import { NetworkError } from '../../../lib/errors.js'
import type { ProbeRequest, ProbeResult } from '../../../lib/kernel/messages.js'
import type { TcpSocket } from '../../../lib/kernel/sockets.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { tcpSocket } from '../../support/tcp-socket.js'

type Answer = ProbeResult['outcome'] | 'never' | 'throws'

/** A kernel that answers probes by address, at once or never, and tells the sockets it is given. */
class ProbeStub {
  readonly mirror = new FakeKernel().mirror
  listed: TcpSocket[] | undefined
  readonly requests: ProbeRequest[] = []
  cancelled = 0
  answers: Readonly<Record<string, Answer>> = {}

  async sockets(): Promise<TcpSocket[]> {
    if (this.listed === undefined) throw new NetworkError('ERR_KERNEL_REFUSED', 'not supported', { errno: 95 })
    return this.listed
  }

  probe(request: ProbeRequest, options?: { readonly signal?: AbortSignal | undefined }): Promise<ProbeResult> {
    this.requests.push(request)
    const answer = this.answers[request.address] ?? 'never'
    if (answer === 'throws') return Promise.reject(new NetworkError('ERR_NO_SUCH_INTERFACE', 'no such interface'))
    if (answer !== 'never') return Promise.resolve({ outcome: answer, ms: 1 })
    return new Promise((_, reject) => {
      options?.signal?.addEventListener('abort', () => {
        this.cancelled += 1
        reject(new NetworkError('ERR_CANCELLED', 'cancelled'))
      })
    })
  }
}

const [A, B, C] = ['198.51.100.1', '198.51.100.2', '198.51.100.3']

interface World {
  readonly clock: SimulatedClock
  readonly kernel: ProbeStub
  readonly check: InternetCheck
  /** 'time connection' of each report. */
  readonly reports: string[]
  readonly reasons: string[]
  addresses: { address: string; prefixLength: number }[]
  checked: number
}

interface WorldOptions {
  readonly initial?: Connection
  readonly hosts?: readonly HostAddress[]
  readonly resolve?: InternetCheckDeps['resolve']
}

const threeHosts = readHostList([A, B, C].map((host) => ({ host, port: 53 }))).hosts

function makeWorld({
  initial = 'disconnected',
  hosts = threeHosts,
  resolve = () => Promise.reject(new Error('no such name')),
}: WorldOptions = {}): World {
  const clock = new SimulatedClock()
  const kernel = new ProbeStub()
  const reports: string[] = []
  const reasons: string[] = []
  const own = {
    clock,
    kernel,
    reports,
    reasons,
    addresses: [{ address: '192.0.2.50', prefixLength: 24 }],
    checked: 0,
  }
  const check = new InternetCheck({
    ifname: 'eth0',
    kernel,
    clock,
    logger: silentLogger,
    hosts,
    random: () => 0.999,
    resolve,
    initial,
    addresses: () => own.addresses,
    report: (connection, reason) => {
      reports.push(`${clock.nowMs()} ${connection}`)
      reasons.push(reason)
    },
    onChecked: () => {
      own.checked += 1
    },
  })
  return Object.assign(own, { check })
}

test('K14: without carrier it reports disconnected within the call and probes nothing', async () => {
  const world = makeWorld({ initial: 'internet' })
  world.check.link(false)
  assert.equal(world.reports, ['0 disconnected'])
  await world.clock.advance(60_000)
  assert.is(world.kernel.requests.length, 0)
  assert.is(world.clock.pendingTimers, 0)
})

test('carrier is lan at once, and internet 500 ms later when a host answers', async () => {
  const world = makeWorld()
  world.kernel.answers = { [A]: 'timeout', [B]: 'connected', [C]: 'unreachable' }
  world.check.link(true)
  assert.equal(world.reports, ['0 lan'])
  await world.clock.advance(499)
  assert.is(world.kernel.requests.length, 0)
  await world.clock.advance(1)
  assert.equal(world.reports, ['0 lan', '500 internet'])
  assert.equal(world.reasons, ['carrier present', `${B} port 53: connected`])
  assert.is(world.checked, 1)
})

test('probes are bound to the interface, three in parallel, with a deadline of 5 s', async () => {
  const world = makeWorld()
  world.check.link(true)
  await world.clock.advance(500)
  assert.equal(
    world.kernel.requests,
    [A, B, C].map((address) => ({ address, port: 53, ifname: 'eth0', deadlineMs: 5_000 })),
  )
})

test('a refused connection is an answer', async () => {
  const world = makeWorld()
  world.kernel.answers = { [C]: 'refused' }
  world.check.link(true)
  await world.clock.advance(500)
  assert.is(world.reports.at(-1), '500 internet')
})

test('the first answer cancels the other probes', async () => {
  const world = makeWorld()
  world.kernel.answers = { [B]: 'connected' }
  world.check.link(true)
  await world.clock.advance(500)
  assert.is(world.kernel.cancelled, 2)
})

test('a check fails when all probes fail, and says how', async () => {
  const world = makeWorld()
  world.kernel.answers = { [A]: 'timeout', [B]: 'unreachable', [C]: 'throws' }
  world.check.link(true)
  await world.clock.advance(500)
  assert.is(world.reports.at(-1), '500 lan')
  assert.match(world.reasons.at(-1) ?? '', /198\.51\.100\.1 port 53: timeout, .*unreachable, .*no such interface/)
})

test('without any address a check fails without probing', async () => {
  const world = makeWorld()
  world.addresses = []
  world.check.link(true)
  await world.clock.advance(500)
  assert.is(world.kernel.requests.length, 0)
  assert.is(world.reasons.at(-1), 'no address')
  assert.is(world.checked, 1)
})

test('internet is given up after three failed checks, 15 s and 10 s apart', async () => {
  const world = makeWorld()
  world.kernel.answers = { [A]: 'connected' }
  world.check.link(true)
  await world.clock.advance(500)
  world.kernel.answers = { [A]: 'timeout', [B]: 'timeout', [C]: 'timeout' }
  await world.clock.advance(60_000)
  assert.equal(world.reports.slice(1, 5), ['500 internet', '30500 internet', '45500 internet', '55500 lan'])
})

test('the loss of the carrier during probes is reported within the call and cancels them', async () => {
  const world = makeWorld()
  world.check.link(true)
  await world.clock.advance(600)
  assert.is(world.kernel.requests.length, 3)
  world.check.link(false)
  assert.is(world.reports.at(-1), '600 disconnected')
  assert.is(world.kernel.cancelled, 3)
  await world.clock.advance(60_000)
  assert.is(world.reports.at(-1), '600 disconnected')
  assert.is(world.checked, 0)
})

test('the link going away is the loss of its carrier', () => {
  const world = makeWorld()
  world.check.link(true)
  world.check.link(undefined)
  assert.equal(world.reports, ['0 lan', '0 disconnected'])
  assert.is(world.reasons.at(-1), 'link gone')
})

test('the same carrier again changes nothing, so that other news of the link disturb no wait', async () => {
  const world = makeWorld()
  world.check.link(true)
  await world.clock.advance(400)
  world.check.link(true)
  await world.clock.advance(100)
  assert.is(world.kernel.requests.length, 3)
  assert.is(world.reports[0], '0 lan')
})

test('what was internet before stays so until checks fail', async () => {
  const world = makeWorld({ initial: 'internet' })
  world.kernel.answers = { [A]: 'connected' }
  world.check.link(true)
  await world.clock.advance(500)
  assert.equal(world.reports, ['0 internet', '500 internet'])
})

test('an address that appears brings the next check forward to 500 ms', async () => {
  const world = makeWorld()
  world.addresses = []
  world.check.addressesChanged()
  world.check.link(true)
  await world.clock.advance(8_000)
  const before = world.checked
  world.addresses = [{ address: '192.0.2.50', prefixLength: 24 }]
  world.kernel.answers = { [A]: 'connected' }
  world.check.addressesChanged()
  await world.clock.advance(500)
  assert.is(world.checked, before + 1)
  assert.is(world.reports.at(-1), '8500 internet')
})

test('a renewed address brings nothing forward', async () => {
  const world = makeWorld()
  world.kernel.answers = { [A]: 'connected' }
  world.check.link(true)
  await world.clock.advance(500)
  world.check.addressesChanged()
  await world.clock.advance(29_999)
  assert.is(world.checked, 1)
})

test('without an address nothing is internet: the judgement falls within the call, and rises when there is one again', async () => {
  const world = makeWorld()
  world.kernel.answers = { [A]: 'connected' }
  world.check.link(true)
  await world.clock.advance(500)
  assert.is(world.reports.at(-1), '500 internet')
  const { addresses } = world
  world.addresses = []
  world.check.addressesChanged()
  assert.is(world.reports.at(-1), '500 lan')
  await world.clock.advance(100_000)
  assert.ok(world.reports.slice(2).every((report) => report.endsWith('lan')))
  world.addresses = addresses
  world.check.addressesChanged()
  await world.clock.advance(500)
  assert.ok(world.reports.at(-1)?.endsWith('internet'))
})

test('addresses that keep appearing do not put a check off', async () => {
  const world = makeWorld()
  world.kernel.answers = { [A]: 'timeout', [B]: 'timeout', [C]: 'timeout' }
  world.check.link(true)
  for (let host = 1; host <= 4; host += 1) {
    await world.clock.advance(200)
    world.addresses = [{ address: `192.0.2.${host}`, prefixLength: 24 }]
    world.check.addressesChanged()
  }
  assert.is(world.checked, 1)
})

test('an address that appears during a check in lan begins it anew, in internet it does not', async () => {
  const world = makeWorld()
  world.check.link(true)
  await world.clock.advance(600)
  world.addresses = [{ address: '192.0.2.51', prefixLength: 24 }]
  world.check.addressesChanged()
  assert.is(world.kernel.cancelled, 3)
  world.kernel.answers = { [A]: 'connected' }
  await world.clock.advance(500)
  assert.is(world.reports.at(-1), '1100 internet')
  world.kernel.answers = {}
  await world.clock.advance(30_000)
  const { cancelled } = world.kernel
  world.addresses = [{ address: '192.0.2.52', prefixLength: 24 }]
  world.check.addressesChanged()
  assert.is(world.kernel.cancelled, cancelled)
})

test('an address before the carrier is known starts nothing', async () => {
  const world = makeWorld({ initial: 'lan' })
  world.addresses = [...world.addresses, { address: '192.0.2.51', prefixLength: 24 }]
  world.check.addressesChanged()
  assert.is(world.clock.pendingTimers, 0)
})

test('stop cancels timers and probes and ends all reports', async () => {
  const world = makeWorld()
  world.check.link(true)
  await world.clock.advance(500)
  world.check.stop()
  world.check.link(false)
  world.check.addressesChanged()
  await world.clock.advance(60_000)
  assert.equal(world.reports, ['0 lan'])
  assert.is(world.kernel.cancelled, 3)
  assert.is(world.clock.pendingTimers, 0)
})

test('names are resolved and their addresses probed', async () => {
  const { hosts } = readHostList([{ host: 'example.com', port: 80 }])
  const world = makeWorld({ hosts, resolve: async () => ({ addresses: [A, 'not an address'], ttlMs: 60_000 }) })
  world.kernel.answers = { [A]: 'connected' }
  world.check.link(true)
  await world.clock.advance(500)
  assert.is(world.reports.at(-1), '500 internet')
})

test('a name that is not answered fails the check after 5 s, and delays no address', async () => {
  const resolve = (): Promise<never> => new Promise(() => undefined)
  const names = readHostList([{ host: 'example.com', port: 80 }]).hosts
  const world = makeWorld({ hosts: names, resolve })
  world.check.link(true)
  await world.clock.advance(5_499)
  assert.is(world.checked, 0)
  await world.clock.advance(1)
  assert.is(world.reasons.at(-1), 'no host to ask')

  const mixed = makeWorld({ hosts: [...names, ...threeHosts], resolve })
  mixed.kernel.answers = { [A]: 'connected' }
  mixed.check.link(true)
  await mixed.clock.advance(500)
  assert.is(mixed.reports.at(-1), '500 internet')
})

test('the loss of the carrier ends the wait for names', async () => {
  const { hosts } = readHostList([{ host: 'example.com', port: 80 }])
  const world = makeWorld({ hosts, resolve: () => new Promise(() => undefined) })
  world.check.link(true)
  await world.clock.advance(1_000)
  world.check.link(false)
  assert.equal(world.reports, ['0 lan', '1000 disconnected'])
  assert.is(world.clock.pendingTimers, 0)
})

test('a resolver that rejects is a name without addresses', async () => {
  const { hosts } = readHostList([{ host: 'example.com', port: 80 }])
  const world = makeWorld({ hosts, resolve: () => Promise.reject(new Error('no such name')) })
  world.check.link(true)
  await world.clock.advance(500)
  assert.is(world.reasons.at(-1), 'no host to ask')
})

/** A connection of some process through eth0, with so many bytes in either direction. */
function connectionWith(bytes: number, remoteAddress = '203.0.113.9'): TcpSocket {
  return tcpSocket({ remoteAddress, sent: bytes, received: bytes })
}

test('traffic of any process proves the internet, and nobody is probed', async () => {
  const world = makeWorld()
  world.kernel.answers = { [A]: 'connected' }
  world.kernel.listed = [connectionWith(100)]
  world.check.link(true)
  await world.clock.advance(500)
  const probes = world.kernel.requests.length
  assert.is(probes, 3)
  for (let check = 1; check <= 5; check += 1) {
    world.kernel.listed = [connectionWith(100 + check)]
    world.kernel.answers = { [A]: 'timeout', [B]: 'timeout', [C]: 'timeout' }
    await world.clock.advance(30_000)
  }
  assert.is(world.kernel.requests.length, probes)
  assert.is(world.reports.at(-1), '150500 internet')
  assert.is(world.reasons.at(-1), 'TCP traffic flows both ways')
  await world.clock.advance(60_000)
  assert.ok(world.reports.at(-1)?.endsWith('lan'))
})

test('a kernel that tells no sockets, or does not answer, leaves the probes', async () => {
  const world = makeWorld()
  world.kernel.answers = { [A]: 'connected' }
  world.kernel.sockets = () => new Promise(() => undefined)
  world.check.link(true)
  await world.clock.advance(1_499)
  assert.is(world.kernel.requests.length, 0)
  await world.clock.advance(1)
  assert.is(world.reports.at(-1), '1500 internet')
})

test.run()
