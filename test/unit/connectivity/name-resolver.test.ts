import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NameAnswer, NameQuestion } from '../../../lib/connectivity/ask-name-server.js'
import { NameResolver } from '../../../lib/connectivity/name-resolver.js'
import { isNetworkError } from '../../../lib/errors.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'

const NEVER = new AbortController().signal
const NOTHING: NameAnswer = { type: 'nothing' }

interface World {
  readonly kernel: FakeKernel
  readonly names: NameResolver
  /** 'server family source timeout' of each question. */
  readonly asked: string[]
  servers: readonly string[]
  answer: (question: NameQuestion) => NameAnswer
}

/** eth0 in 192.0.2.0/24 and 2001:db8::/64, with default routes of both families. */
async function makeWorld(): Promise<World> {
  const kernel = new FakeKernel()
  const ifindex = kernel.lab.addLink({ ifname: 'eth0' })
  const results = await kernel.send([
    { type: 'setLink', ifindex, up: true },
    { type: 'addAddress', ifindex, address: '192.0.2.50', prefixLength: 24 },
    { type: 'addAddress', ifindex, address: '2001:db8::50', prefixLength: 64 },
    { type: 'addRoute', family: 4, destination: 'default', gateway: '192.0.2.1', ifindex, table: 100 },
    { type: 'addRoute', family: 6, destination: 'default', gateway: '2001:db8::1', ifindex, table: 100 },
  ])
  assert.equal(results, ['done', 'done', 'done', 'done', 'done'])
  const world = {
    kernel,
    asked: [] as string[],
    servers: ['192.0.2.1'],
    answer: ((): NameAnswer => NOTHING) as World['answer'],
  }
  const names = new NameResolver({
    kernel,
    nameServers: () => world.servers,
    ask: async (question) => {
      const { server, family, source, timeoutMs } = question
      world.asked.push(`${server} ${family} ${source ?? '-'} ${timeoutMs}`)
      return world.answer(question)
    },
  })
  return Object.assign(world, { names })
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (thrown) {
    if (isNetworkError(thrown, 'ERR_NAME_NOT_RESOLVED')) return thrown.message
    throw thrown
  }
  throw new Error('it was resolved')
}

test('both families are asked from the own address of the server family, and the shorter time to live holds', async () => {
  const world = await makeWorld()
  world.servers = ['2001:db8::53']
  world.answer = ({ family }) =>
    family === 4
      ? { type: 'addresses', addresses: ['198.51.100.1'], ttlMs: 60_000 }
      : { type: 'addresses', addresses: ['2001:DB8:1::1'], ttlMs: 30_000 }
  const resolved = await world.names.resolve('eth0', 'example.com', NEVER)
  assert.equal(resolved, { addresses: ['198.51.100.1', '2001:db8:1::1'], ttlMs: 30_000 })
  assert.equal(world.asked, ['2001:db8::53 4 2001:db8::50 1000', '2001:db8::53 6 2001:db8::50 1000'])
})

test('one family that fails takes nothing from the other', async () => {
  const world = await makeWorld()
  world.answer = ({ family }) =>
    family === 4 ? { type: 'addresses', addresses: ['198.51.100.1'], ttlMs: 1_000 } : { type: 'failed', reason: 'x' }
  assert.equal((await world.names.resolve('eth0', 'example.com', NEVER)).addresses, ['198.51.100.1'])
})

test('a family that the interface has no address of is not asked for', async () => {
  const world = await makeWorld()
  await world.kernel.send([{ type: 'deleteAddress', ifname: 'eth0', address: '2001:db8::50', prefixLength: 64 }])
  await refusal(world.names.resolve('eth0', 'example.com', NEVER))
  assert.equal(world.asked, ['192.0.2.1 4 192.0.2.50 1000'])
})

test('a server that fails is passed over, and asked once more with more time', async () => {
  const world = await makeWorld()
  world.servers = ['198.51.100.53', '198.51.100.54', '198.51.100.55', '198.51.100.56']
  world.answer = () => ({ type: 'failed', reason: 'ETIMEOUT' })
  const text = await refusal(world.names.resolve('eth0', 'example.com', NEVER))
  assert.match(text, /198\.51\.100\.53: ETIMEOUT, .*198\.51\.100\.55: ETIMEOUT/)
  assert.equal(
    world.asked.filter((line) => line.includes(' 4 ')).map((line) => line.replace(/198\.51\.100\.(\d+) .* /, '$1 ')),
    ['53 1000', '54 1000', '55 1000', '53 2000', '54 2000', '55 2000'],
  )
  world.answer = ({ server }) =>
    server.endsWith('.54')
      ? { type: 'addresses', addresses: ['198.51.100.1'], ttlMs: 1_000 }
      : { type: 'failed', reason: 'x' }
  assert.equal((await world.names.resolve('eth0', 'example.com', NEVER)).addresses, ['198.51.100.1'])
})

test('that there is no such name is an answer: no other server is asked', async () => {
  const world = await makeWorld()
  world.servers = ['198.51.100.53', '198.51.100.54']
  assert.match(await refusal(world.names.resolve('eth0', 'example.com', NEVER)), /198\.51\.100\.53 knows no address/)
  assert.is(world.asked.length, 2)
})

test('an answer without a usable address is none', async () => {
  const world = await makeWorld()
  world.answer = () => ({ type: 'addresses', addresses: ['nonsense'], ttlMs: 1_000 })
  assert.match(await refusal(world.names.resolve('eth0', 'example.com', NEVER)), /knows no address/)
})

test('a server that only another interface reaches, or one without a zone, is not asked; one of this machine is', async () => {
  const world = await makeWorld()
  await world.kernel.send([
    { type: 'deleteRoute', family: 4, destination: 'default', gateway: '192.0.2.1', ifname: 'eth0', table: 100 },
  ])
  world.servers = ['198.51.100.53', 'fe80::1%eth0']
  const text = await refusal(world.names.resolve('eth0', 'example.com', NEVER))
  assert.match(text, /no name server can be reached through eth0/)
  world.servers = ['127.0.0.53']
  await refusal(world.names.resolve('eth0', 'example.com', NEVER))
  assert.equal(world.asked, ['127.0.0.53 4 - 1000', '127.0.0.53 6 - 1000'])
})

test('without an address nothing is asked, and a link that is not there has none', async () => {
  const world = await makeWorld()
  assert.match(await refusal(world.names.resolve('eth9', 'example.com', NEVER)), /eth9 has no address/)
  assert.equal(world.asked, [])
})

test('an abort ends it before the next server', async () => {
  const world = await makeWorld()
  const controller = new AbortController()
  world.servers = ['198.51.100.53', '198.51.100.54']
  world.answer = () => {
    controller.abort()
    return { type: 'failed', reason: 'cancelled' }
  }
  assert.match(await refusal(world.names.resolve('eth0', 'example.com', controller.signal)), /cancelled/)
  assert.is(world.asked.length, 2)
})

test.run()
