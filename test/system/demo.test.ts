import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../support/source-files.js'

interface DemoEvent {
  readonly event: string
  readonly atMs: number
  readonly from?: string
  readonly to?: string
  readonly ms?: number
  readonly path?: string[]
  readonly newValue?: unknown
  readonly ifname?: string
  readonly left?: number
  readonly text?: string
}

/** The demo as scripts/demo.mjs runs it, inside the world that this test has already. */
const demo = (...args: string[]) => {
  const program = fileURLToPath(new URL('../../scripts/demo/main.ts', import.meta.url))
  return execa(process.execPath, ['--import', 'tsx', program, ...args], { cwd: ROOT, timeout: 60_000 })
}

test('the demo tells of leases, failover and failback as JSON lines, in order', async () => {
  const { stdout } = await demo('--json')
  const events = stdout.split('\n').map((line) => JSON.parse(line) as DemoEvent)
  assert.ok(events.every(({ event, atMs }) => typeof event === 'string' && typeof atMs === 'number'))
  const times = events.map(({ atMs }) => atMs)
  assert.equal(
    times,
    [...times].sort((one, other) => one - other),
  )

  const leases = events.filter(
    ({ path, newValue }) => path?.[2] === 'dhcp_options' && newValue !== undefined && newValue !== null,
  )
  assert.equal([...new Set(leases.map(({ path }) => path?.[1]))].sort(), ['eth0', 'eth1'])
  const order = ['cablePulled', 'failover', 'cablePluggedIn', 'failback', 'info', 'stopped']
  assert.equal(
    events.flatMap(({ event }) => (order.includes(event) ? event : [])),
    order,
  )
  const failover = events.find(({ event }) => event === 'failover')
  assert.equal([failover?.from, failover?.to], ['eth0', 'eth1'])
  assert.type(failover?.ms, 'number')
  assert.equal(
    events.filter(({ event }) => event === 'way').map(({ ifname }) => ifname),
    ['eth0', 'eth1', 'eth0'],
  )
  assert.is(events.find(({ event }) => event === 'stopped')?.left, 0)
})

test('for a person the demo tells the same in lines with their times, and prints info()', async () => {
  const { stdout } = await demo()
  assert.match(stdout, /^ +\d+\.\d{3} s {2}eth0 {2}lease 192\.0\.2\.\d+\/24/m)
  assert.match(stdout, /FAILOVER eth0 → eth1: \d+\.\d{3} ms/)
  assert.match(stdout, /FAILBACK eth1 → eth0/)
  assert.match(stdout, /^Interface eth1$/m)
  // A pipe is no terminal: no colours.
  assert.not.ok(stdout.includes('\u001b'))
})

test.run()
