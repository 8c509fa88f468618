/** Compile-time tests of the public surface: this file is checked, never run. What must not compile is marked so. */

import type { Change, Persistence, Plan, Technology, VintageNetOptions } from '../../lib/index.js'
import { NetworkError, VintageNet } from '../../lib/index.js'
import { openKernel } from '../../lib/kernel/index.js'
import { FakeKernel, SimulatedClock } from '../../lib/testing/index.js'

interface Bus {
  readonly type: 'can'
  readonly bitrate: number
}

const can: Technology<Bus> = {
  type: 'can',
  normalize: (config) => ({ type: 'can', bitrate: Number((config as Partial<Bus>).bitrate) }),
  plan: (ifname, config): Plan => {
    throw new NetworkError('ERR_UNSUPPORTED', `${ifname} ${config.bitrate}`)
  },
}

export async function typical(): Promise<void> {
  // An absent environment variable is undefined, and that type-checks.
  const options: VintageNetOptions = {
    config: {
      eth0: { type: 'ethernet', ipv4: { method: 'dhcp' } },
      eth1: { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24 } },
      eth2: { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.2', netmask: '255.255.255.0' } },
    },
    persistenceSecret: process.env['SECRET'],
    // A technology of one configuration type fits the list of all.
    technologies: [can],
    clock: new SimulatedClock(),
    kernel: new FakeKernel(),
  }
  await using net = await VintageNet.start(options)
  const connection: unknown = await net.until(['connection'], 'internet', { deadlineMs: 1_000 })
  await net.until(['available_interfaces'], (value) => Array.isArray(value) && value.length > 0)
  net.subscribe(['interface', '*'], (change: Change) => change.metadata.newTimestamp - change.metadata.oldTimestamp)
  for await (const { path, newValue } of net.changes([])) console.log(path, newValue, connection)
  const plan: Plan = net.plan('eth0', { type: 'ethernet' })
  console.log(plan.up.length)
}

export async function kernelAlone(): Promise<void> {
  await using kernel = await openKernel({ netns: 1 })
  const [result] = await kernel.send([{ type: 'setLink', ifname: 'eth0', up: true }])
  if (result instanceof NetworkError) console.log(result.code, result.errno)
  // @ts-expect-error a command of no known type
  await kernel.send([{ type: 'explode', ifname: 'eth0' }])
  // @ts-expect-error a port is a number
  await kernel.probe({ address: '192.0.2.1', port: '53', deadlineMs: 1 })
}

export const memory: Persistence = {
  list: () => [],
  load: () => undefined,
  save: () => undefined,
  clear: () => undefined,
}

// @ts-expect-error an unknown option
export const wrongOption: VintageNetOptions = { tempDir: '/tmp' }

// @ts-expect-error an unknown error code
export const wrongCode = new NetworkError('ERR_NO_SUCH_CODE', 'text')
