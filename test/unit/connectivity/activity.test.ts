import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Activity } from '../../../lib/connectivity/activity.js'
import { type ActivityVerdict, type Counters, reduceActivity } from '../../../lib/connectivity/activity-logic.js'
import type { TcpSocket } from '../../../lib/kernel/sockets.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { type LogLine, recordingLogger } from '../../support/fake-instance.js'
import { type SocketFacts, tcpSocket } from '../../support/tcp-socket.js'

const OWN = { address: '192.0.2.50', prefixLength: 24 }
const OWN6 = { address: '2001:db8::50', prefixLength: 64 }
const OTHERS = { address: '198.51.100.7', prefixLength: 24 }
const NONE: Counters = new Map()

function look(before: Counters, ...sockets: TcpSocket[]): ReturnType<typeof reduceActivity> {
  const ownAddresses = [OWN, OWN6]
  return reduceActivity(before, { sockets, ifindex: 2, ownAddresses, nearSubnets: [...ownAddresses, OTHERS] })
}

/** The verdict on a connection that is looked at twice. */
function verdict(first: SocketFacts, second: SocketFacts): ActivityVerdict {
  const { counters } = look(NONE, tcpSocket(first))
  return look(counters, tcpSocket({ ...first, ...second })).verdict
}

const FLOW = { sent: 10, received: 10 }
const MORE = { sent: 11, received: 11 }

test('K12: an interface without addresses has no internet, and nothing is remembered', () => {
  const { counters } = look(NONE, tcpSocket(FLOW))
  const step = reduceActivity(counters, {
    sockets: [tcpSocket(MORE)],
    ifindex: undefined,
    ownAddresses: [],
    nearSubnets: [],
  })
  assert.equal(step, { verdict: 'no_internet', counters: new Map() })
})

test('bytes in both directions since the last look are internet; a new connection, or one direction, says nothing', () => {
  assert.is(look(NONE, tcpSocket(FLOW)).verdict, 'unknown')
  assert.is(verdict(FLOW, MORE), 'internet')
  assert.is(verdict(FLOW, FLOW), 'unknown')
  assert.is(verdict(FLOW, { sent: 11, received: 10 }), 'unknown')
  assert.is(verdict(FLOW, { sent: 10, received: 11 }), 'unknown')
})

test('peers on a subnet of this machine, and this machine itself, prove nothing', () => {
  for (const remoteAddress of ['192.0.2.1', '198.51.100.7', '198.51.100.99']) {
    assert.is(verdict({ ...FLOW, remoteAddress }, MORE), 'unknown')
  }
})

test('connections of other interfaces prove nothing', () => {
  assert.is(verdict({ ...FLOW, localAddress: '198.51.100.7' }, MORE), 'unknown')
  assert.is(verdict({ ...FLOW, localAddress: '192.0.2.51' }, MORE), 'unknown')
  assert.is(verdict({ ...FLOW, ifindex: 3 }, MORE), 'unknown')
  assert.is(verdict({ ...FLOW, ifindex: 2 }, MORE), 'internet')
})

test('a socket of IPv6 that talks IPv4, and one that talks IPv6, count as well', () => {
  const mapped = { localAddress: '::ffff:192.0.2.50', remoteAddress: '::ffff:203.0.113.9', family: 6 } as const
  assert.is(verdict({ ...FLOW, ...mapped }, MORE), 'internet')
  const six = { localAddress: '2001:db8::50', remoteAddress: '2001:db8:1::1', family: 6 } as const
  assert.is(verdict({ ...FLOW, ...six }, MORE), 'internet')
  assert.is(verdict({ ...FLOW, ...six, remoteAddress: '2001:db8::1' }, MORE), 'unknown')
})

test('another connection on the same ports begins anew, and one that is gone is forgotten', () => {
  assert.is(verdict(FLOW, { ...MORE, inode: 4712 }), 'unknown')
  const { counters } = look(NONE, tcpSocket(FLOW))
  const gone = look(counters)
  assert.is(gone.counters.size, 0)
  assert.is(look(gone.counters, tcpSocket(MORE)).verdict, 'unknown')
})

test('of several connections one that flows is enough', () => {
  const still = tcpSocket({ ...FLOW, localPort: 40_001 })
  const { counters } = look(NONE, tcpSocket(FLOW), still)
  assert.is(look(counters, still, tcpSocket(MORE)).verdict, 'internet')
})

async function eth0(): Promise<{ kernel: FakeKernel; activity: Activity; logs: LogLine[] }> {
  const kernel = new FakeKernel()
  const ifindex = kernel.lab.addLink({ ifname: 'eth0' })
  await kernel.send([
    { type: 'setLink', ifindex, up: true },
    { type: 'addAddress', ifindex, address: OWN.address, prefixLength: 24 },
  ])
  const logs: LogLine[] = []
  const activity = new Activity({
    ifname: 'eth0',
    kernel,
    clock: new SimulatedClock(),
    logger: recordingLogger(logs),
    addresses: () => [OWN],
  })
  return { kernel, activity, logs }
}

test('the kernel is asked for the connections of each own address', async () => {
  const { kernel, activity } = await eth0()
  const asked: unknown[] = []
  let sockets = [tcpSocket(FLOW)]
  kernel.lab.sockets(({ states, local }) => {
    asked.push({ states, local })
    return sockets
  })
  assert.is(await activity.look(), 'unknown')
  sockets = [tcpSocket(MORE)]
  assert.is(await activity.look(), 'internet')
  assert.equal(asked, Array(2).fill({ states: ['established'], local: '192.0.2.50/32' }))
})

test('a kernel without socket diagnostics says nothing, and that is logged once', async () => {
  const { activity, logs } = await eth0()
  assert.is(await activity.look(), 'unknown')
  assert.is(await activity.look(), 'unknown')
  assert.is(logs.length, 1)
  assert.match(logs[0]?.message ?? '', /traffic is not looked at/)
})

test.run()
