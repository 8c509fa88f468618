/** Traffic of programs that are none of ours, as proof that the Internet is there. */

import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/base/clock.js'
import type { Clock } from '../../lib/index.js'
import { eventually } from '../support/eventually.js'
import { Daemon } from '../support/lab/daemon.js'
import { INTERNET_HOSTS } from '../support/lab.js'
import { SystemScene } from '../support/system-scene.js'

const TALKER = fileURLToPath(new URL('../support/lab/talker.mjs', import.meta.url))
const CONNECTION = ['interface', 'eth0', 'connection']
/** Timers run so much faster than time, so that checks come every 1.5 s. */
const HURRY = 20
/** The wait after a check that succeeded. */
const SUCCESS_INTERVAL_MS = 30_000
const PATIENCE = { deadlineMs: 30_000 * HURRY }

test('a connection of another program keeps the internet while no host of the list answers', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  let successes = 0
  const clock: Clock = {
    ...systemClock,
    setTimer: (delayMs, callback) => {
      if (delayMs === SUCCESS_INTERVAL_MS) successes += 1
      return systemClock.setTimer(delayMs / HURRY, callback)
    },
  }
  const [asked = '', other = ''] = INTERNET_HOSTS
  const ipv4 = { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' } as const
  const net = await scene.start({
    config: { eth0: { type: 'ethernet', ipv4 } },
    internetHostList: [{ host: asked, port: 53 }],
    persistence: 'none',
    clock,
  })
  await net.until(CONNECTION, 'internet', PATIENCE)
  const talker = await Daemon.start({
    title: 'talker',
    namespace: scene.lab.name,
    program: process.execPath,
    args: [TALKER, other, '80'],
    ready: /talking/,
    onFailure: ({ message }) => void scene.logs.push({ level: 'error', details: {}, message }),
  })
  const falls: unknown[] = []
  net.subscribe(CONNECTION, ({ newValue }) => falls.push(newValue))
  try {
    await uplink.routerIp('address', 'delete', `${asked}/32`, 'dev', 'lo')
    const before = successes
    await eventually('four checks succeed by the traffic alone', () => successes >= before + 4, {
      deadlineMs: 20_000,
    })
    assert.equal(falls, [])
  } finally {
    await talker.stop()
  }
  await net.until(CONNECTION, 'lan', PATIENCE)
})

test.run()
