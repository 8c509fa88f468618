/** The contract for what streams out: order, currency, watches, overruns, the end. */

import * as assert from 'uvu/assert'
import { isNetworkError } from '../../lib/errors.js'
import type { KernelCommand } from '../../lib/kernel/messages.js'
import { addPair, type ContractTest, canonicalText, codes, mustBeExact, mustSend, until } from './world.js'

const add = (address: string): KernelCommand => ({ type: 'addAddress', ifname: 'v0', address, prefixLength: 24 })

/** Small enough that a few hundred changes overrun it. */
const SMALL_BUFFER_BYTES = 2048

/** Declares the tests for streams. */
export function streamContract(test: ContractTest): void {
  test('a refusal in the middle of a send stops nothing behind it', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const results = await kernel.send([add('192.0.2.1'), add('192.0.2.1'), add('192.0.2.2'), add('192.0.2.3')])
    assert.equal(codes(results), ['done', 'EEXIST', 'done', 'done'])
    assert.is(kernel.mirror.addresses(10).length, 3)
  })

  test('an empty send has no results', async (world) => {
    assert.equal(await world.kernel.send([]), [])
  })

  test('when a result arrives the mirror holds what the command did, and listeners have heard of it', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const heard: string[] = []
    kernel.subscribe((changes) => {
      for (const change of changes) if (change.type === 'address') heard.push(change.address)
    })
    for (let host = 1; host <= 50; host += 1) {
      await mustSend(kernel, [add(`192.0.2.${host}`)])
      assert.is(kernel.mirror.addresses(10).length, host)
      assert.is(heard.length, host)
    }
  })

  test('sends are pipelined and keep their order, dumps stand behind them', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const sends = Array.from({ length: 100 }, (_, host) => kernel.send([add(`192.0.2.${host + 1}`)]))
    const addresses = await kernel.addresses()
    assert.is(addresses.filter(({ ifindex }) => ifindex === 10).length, 100)
    assert.equal((await Promise.all(sends)).flat(), Array(100).fill('done'))
  })

  test('dumps wait for the parts of a send that waits for a name', async (world) => {
    const { kernel } = world
    const sending = kernel.send([
      { type: 'addLink', ifname: 'b0', kind: 'bridge' },
      { type: 'setLink', ifname: 'b0', mtu: 1400 },
      { type: 'addLink', ifname: 'b1', kind: 'bridge' },
      { type: 'setLink', ifname: 'b1', mtu: 1300 },
    ])
    const links = await kernel.links()
    assert.is(links.find(({ ifname }) => ifname === 'b1')?.mtu, 1300)
    assert.equal(codes(await sending), ['done', 'done', 'done', 'done'])
  })

  test('what somebody else changes is heard of', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await world.foreign([add('192.0.2.7')])
    await until(kernel, 'the address', () => kernel.mirror.addresses(10).some(({ address }) => address === '192.0.2.7'))
    await mustBeExact(world)
  })

  test('times of events never run backwards', async (world) => {
    const { kernel } = world
    const times: number[] = []
    kernel.subscribe((changes) => times.push(...changes.map(({ atMs }) => atMs)))
    await addPair(kernel)
    await mustSend(kernel, [add('192.0.2.1'), add('192.0.2.2')])
    assert.ok(times.length > 3)
    assert.equal(
      times,
      [...times].sort((a, b) => a - b),
    )
  })

  test('a watch begins with everything and tells every change; what it told makes up the mirror', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const abort = new AbortController()
    const watch = kernel.watch({ signal: abort.signal })[Symbol.asyncIterator]()
    const first = (await watch.next()).value
    if (first?.type !== 'snapshot') throw new Error('no snapshot')
    const held = new Set(first.addresses.map(canonicalText))
    await mustSend(kernel, [add('192.0.2.1'), add('198.51.100.1')])
    await mustSend(kernel, [{ type: 'deleteAddress', ifname: 'v0', address: '192.0.2.1', prefixLength: 24 }])
    for (;;) {
      const { value } = await watch.next()
      if (value?.type !== 'address' && value?.type !== 'addressGone') continue
      const { type, atMs: _, ...record } = value
      if (type === 'address') held.add(canonicalText(record))
      else held.delete(canonicalText(record))
      if (type === 'addressGone') break
    }
    assert.equal([...held].sort(), kernel.mirror.addresses().map(canonicalText).sort())
    abort.abort()
    assert.is((await watch.next()).done, true)
  })

  test(
    'an overrun is told, and the mirror is exact afterwards',
    async (world) => {
      const { kernel } = world
      await addPair(kernel)
      const last = add('203.0.113.1')
      const overrun = new Promise<void>((resolve) => {
        kernel.subscribe((changes) => {
          if (changes.some(({ type }) => type === 'overrun')) resolve()
        })
      })
      await world.overrun(last)
      await overrun
      await kernel.settled()
      await until(kernel, 'the last address', () =>
        kernel.mirror.addresses(10).some(({ address }) => address === '203.0.113.1'),
      )
      await mustBeExact(world)
    },
    { receiveBufferBytes: SMALL_BUFFER_BYTES },
  )

  test('close ends watches and rejects what waits and what comes later; closing again is harmless', async (world) => {
    const kernel = await world.openSecond()
    const watch = kernel.watch()[Symbol.asyncIterator]()
    await watch.next()
    const next = watch.next()
    const sending = kernel.send([{ type: 'setLink', ifname: 'lo', mtu: 65_000 }]).catch((thrown: unknown) => thrown)
    await kernel.close()
    await kernel.close()
    assert.is((await next).done, true)
    assert.ok(isNetworkError(await sending, 'ERR_STOPPED'))
    assert.ok(isNetworkError(await kernel.links().catch((thrown: unknown) => thrown), 'ERR_STOPPED'))
    assert.ok(isNetworkError(await kernel.settled().catch((thrown: unknown) => thrown), 'ERR_STOPPED'))
  })
}
