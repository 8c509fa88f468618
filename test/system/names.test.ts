/** Host names, resolved through the interface they are for: real name servers, and such as answer badly. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/base/clock.js'
import { askNameServer, type NameAnswer } from '../../lib/connectivity/ask-name-server.js'
import { NameServer } from '../support/lab/name-server.js'
import {
  addressRecord,
  answerTo,
  type Script,
  scriptedNameServer,
  truncated,
} from '../support/lab/scripted-name-server.js'
import type { Uplink } from '../support/lab.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const NAME = 'check.example.com'
/** Behind either router there is a name server of this address, each with its own truth. */
const SERVER = '203.0.113.53'
const [FIRST, SECOND] = ['203.0.113.1', '203.0.113.2']

const connection = (ifname: string): string[] => ['interface', ifname, 'connection']

function uplinkConfig(network: string): { type: 'ethernet'; ipv4: object } {
  const address = { method: 'static', address: `${network}.2`, prefixLength: 24, gateway: `${network}.1` }
  return { type: 'ethernet', ipv4: { ...address, nameServers: [SERVER] } }
}

async function nameServerBehind(
  uplink: Uplink,
  { scene, hosts }: { scene: SystemScene; hosts: Readonly<Record<string, string>> },
): Promise<NameServer> {
  await uplink.routerIp('address', 'add', `${SERVER}/32`, 'dev', 'lo')
  const onFailure = ({ message }: Error): void => void scene.logs.push({ level: 'error', details: {}, message })
  const { folder } = scene
  return NameServer.start({
    namespace: uplink.routerNamespace,
    address: SERVER,
    ttlSeconds: 1,
    hosts,
    folder,
    onFailure,
  })
}

test('a name that one interface knows leads that one to the Internet, and a new address of it is followed', async () => {
  // Name servers are asked from this process.
  await using scene = await SystemScene.create({ here: true })
  const first = await scene.uplink('eth0', 'none')
  const second = await scene.uplink('eth1', 'none')
  await using knowing = await nameServerBehind(first, { scene, hosts: { [NAME]: FIRST } })
  await using ignorant = await nameServerBehind(second, { scene, hosts: {} })
  const net = await scene.start({
    config: { eth0: uplinkConfig('192.0.2'), eth1: uplinkConfig('198.51.100') } as never,
    internetHostList: [{ host: NAME, port: 53 }],
    persistence: 'none',
    // Checks come twenty times as often; a time to live is never taken for less than 5 s.
    clock: { ...systemClock, setTimer: (delayMs, callback) => systemClock.setTimer(delayMs / 20, callback) },
  })
  await net.until(connection('eth0'), 'internet', { deadlineMs: 20 * DEADLINE.deadlineMs })
  await net.until(connection('eth1'), 'lan', { deadlineMs: 20 * DEADLINE.deadlineMs })
  assert.ok(knowing.questions.includes(`query[A] ${NAME} from 192.0.2.2`), knowing.questions.join('\n'))

  await knowing.setHosts({ [NAME]: SECOND })
  await knowing.answered(SECOND)
  await first.routerIp('address', 'delete', `${FIRST}/32`, 'dev', 'lo')
  await first.pullCable()
  await net.until(connection('eth0'), 'disconnected', { deadlineMs: 20 * DEADLINE.deadlineMs })
  await first.plugIn()
  await net.until(connection('eth0'), 'internet', { deadlineMs: 20 * DEADLINE.deadlineMs })

  // The other interface has asked its own server all the while, and no question has gone astray.
  assert.is(net.get(connection('eth1')), 'lan')
  assert.ok(ignorant.questions.length > 0)
  assert.ok(knowing.questions.every((line) => line.endsWith('from 192.0.2.2')))
  assert.ok(ignorant.questions.every((line) => line.endsWith('from 198.51.100.2')))
})

async function ask(script: Script, timeoutMs = 5_000): Promise<NameAnswer> {
  await using _scene = await SystemScene.create({ here: true })
  await using server = await scriptedNameServer(script)
  const signal = AbortSignal.timeout(DEADLINE.deadlineMs)
  return await askNameServer({ name: NAME, family: 4, server: server.server, source: '127.0.0.1', timeoutMs, signal })
}

test('an answer is its addresses and the shortest of their times to live', async () => {
  const records = [addressRecord(FIRST, 300), addressRecord(SECOND, 60)]
  assert.equal(await ask((question) => answerTo(question, records)), {
    type: 'addresses',
    addresses: [FIRST, SECOND],
    ttlMs: 60_000,
  })
})

test('a truncated answer is asked for again by TCP', async () => {
  const transports: string[] = []
  const answer = await ask((question, transport) => {
    transports.push(transport)
    return transport === 'udp' ? truncated(question) : answerTo(question, [addressRecord(FIRST)])
  })
  assert.equal(answer, { type: 'addresses', addresses: [FIRST], ttlMs: 300_000 })
  assert.equal(transports, ['udp', 'tcp'])
})

test('that there is no such name, or no such record, is nothing', async () => {
  const noSuchName = 3
  assert.equal(await ask((question) => answerTo(question, [], noSuchName)), { type: 'nothing' })
  assert.equal(await ask((question) => answerTo(question, [])), { type: 'nothing' })
})

test('a refusal and a failure of the server are failures', async () => {
  const [failed, refused] = [2, 5]
  assert.equal(await ask((question) => answerTo(question, [], failed)), { type: 'failed', reason: 'ESERVFAIL' })
  assert.equal(await ask((question) => answerTo(question, [], refused)), { type: 'failed', reason: 'EREFUSED' })
})

const BAD: Readonly<Record<string, Script>> = {
  silence: () => undefined,
  nothing: () => Buffer.alloc(0),
  noise: () => Buffer.alloc(600, 0xa5),
  'half a header': (question) => question.subarray(0, 7),
  'the question itself': (question) => question,
  'the answer to another question': (question) => {
    const answer = answerTo(question, [addressRecord(FIRST)])
    answer.writeUInt16BE((answer.readUInt16BE(0) + 1) % 65_536, 0)
    return answer
  },
  'an answer about another name': (question) => {
    const answer = answerTo(question, [addressRecord(FIRST)])
    answer.write('x', 13)
    return answer
  },
  'a name that points at itself': (question) => {
    const record = addressRecord(FIRST)
    const answer = answerTo(question, [record])
    answer.writeUInt16BE(0xc000 | (answer.length - record.length), answer.length - record.length)
    return answer
  },
  'a record that is cut off': (question) => answerTo(question, [addressRecord(FIRST)]).subarray(0, -3),
  'more records than it has': (question) => {
    const answer = answerTo(question, [addressRecord(FIRST)])
    answer.writeUInt16BE(65_535, 6)
    return answer
  },
}

for (const [what, script] of Object.entries(BAD)) {
  test(`an answer of ${what} brings no address and harms nothing`, async () => {
    assert.is.not((await ask(script, 300)).type, 'addresses')
  })
}

test.run()
