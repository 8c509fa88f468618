/** The contract for what belongs to the namespace: rights, probes, the lock, sysctls. */

import * as assert from 'uvu/assert'
import { isNetworkError } from '../../lib/errors.js'
import { addPair, type ContractTest, mustSend } from './world.js'

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.catch((thrown: unknown) => thrown)

/** Declares the tests for the place. */
export function placeContract(test: ContractTest): void {
  test('without CAP_NET_ADMIN every command is ERR_NOT_PERMITTED', async (world) => {
    const results = await world.sendUnprivileged([
      { type: 'setLink', ifname: 'lo', up: false },
      { type: 'addLink', ifname: 'b0', kind: 'bridge' },
      { type: 'addAddress', ifname: 'lo', address: '192.0.2.1', prefixLength: 32 },
      { type: 'addRule', family: 4, priority: 7, table: 100 },
    ])
    assert.equal(results, Array(4).fill({ code: 'ERR_NOT_PERMITTED', errno: 1 }))
    assert.is((await world.kernel.links()).find(({ ifname }) => ifname === 'lo')?.up, true)
  })

  test('K15: a probe of a port that listens is connected, of one that does not refused', async (world) => {
    const { kernel } = world
    const port = await world.listen()
    const connected = await kernel.probe({ address: '127.0.0.1', port, deadlineMs: 5_000 })
    assert.is(connected.outcome, 'connected')
    assert.ok(connected.ms >= 0 && connected.ms < 5_000)
    const bound = await kernel.probe({ address: '127.0.0.1', port, ifname: 'lo', deadlineMs: 5_000 })
    assert.is(bound.outcome, 'connected')
    assert.is((await kernel.probe({ address: '127.0.0.1', port: 1, deadlineMs: 5_000 })).outcome, 'refused')
  })

  test('a probe without a route is unreachable, and says why', async (world) => {
    const result = await world.kernel.probe({ address: '203.0.113.1', port: 53, deadlineMs: 5_000 })
    assert.equal([result.outcome, result.errno], ['unreachable', 101])
  })

  test('a probe of a host that never answers ends at its deadline; an abort ends it sooner', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [{ type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 }])
    await world.addSilentHost()
    const request = { address: '192.0.2.99', port: 53, ifname: 'v0' }
    const { outcome, ms } = await kernel.probe({ ...request, deadlineMs: 100 })
    assert.is(outcome, 'timeout')
    assert.ok(ms >= 99)
    const abort = new AbortController()
    const probing = caught(kernel.probe({ ...request, deadlineMs: 60_000 }, { signal: abort.signal }))
    abort.abort()
    assert.ok(isNetworkError(await probing, 'ERR_CANCELLED'))
    await kernel.links()
  })

  test('a probe by a link that does not exist is ERR_NO_SUCH_INTERFACE', async (world) => {
    const probing = world.kernel.probe({ address: '127.0.0.1', port: 1, ifname: 'eth9', deadlineMs: 100 })
    assert.ok(isNetworkError(await caught(probing), 'ERR_NO_SUCH_INTERFACE'))
  })

  test('the instance lock is one in a namespace: the second is told the owner’s pid, and gets it after the owner’s end', async (world) => {
    const { kernel } = world
    const [first, second] = [await world.openSecond(), await world.openSecond()]
    await first.lockInstance('contract')
    const refused = await caught(second.lockInstance('contract'))
    assert.ok(isNetworkError(refused, 'ERR_ALREADY_RUNNING'))
    assert.match(String(refused), new RegExp(`\\b${process.pid}\\b`))
    await kernel.lockInstance('another name')
    await first.close()
    const unlock = await second.lockInstance('contract')
    await unlock()
    await kernel.lockInstance('contract')
  })

  test('sysctls are written and read in the namespace', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const path = ['ipv4', 'conf', 'v0', 'ignore_routes_with_linkdown']
    assert.is(await kernel.readSysctl(path), '0')
    await mustSend(kernel, [{ type: 'setSysctl', path, value: '1' }])
    assert.is(await kernel.readSysctl(path), '1')
    assert.is(await kernel.readSysctl(['ipv4', 'conf', 'v1', 'ignore_routes_with_linkdown']), '0')
  })

  test('a sysctl that does not exist is refused with ENOENT', async (world) => {
    const { kernel } = world
    const path = ['ipv4', 'conf', 'v0', 'no_such_file']
    const [result] = await kernel.send([{ type: 'setSysctl', path, value: '1' }])
    assert.match(String(result), /ipv4\/conf\/v0\/no_such_file.*\(ENOENT\)/)
    assert.match(String(await caught(kernel.readSysctl(path))), /no_such_file.*\(ENOENT\)/)
  })

  test('a name with a dot in it is one element of a sysctl path', async (world) => {
    const { kernel } = world
    await mustSend(kernel, [{ type: 'addLink', ifname: 'v0.7', kind: 'bridge' }])
    assert.is(await kernel.readSysctl(['ipv4', 'conf', 'v0.7', 'promote_secondaries']), '0')
  })

  test('hwPath of no link is ERR_NO_SUCH_INTERFACE', async (world) => {
    assert.ok(isNetworkError(await caught(world.kernel.hwPath('eth9')), 'ERR_NO_SUCH_INTERFACE'))
    assert.type(await world.kernel.hwPath('lo'), 'string')
  })
}
