import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../support/eventually.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const CONFIG = { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24 } } as const

async function held(scene: SystemScene): Promise<string> {
  const shown = await Promise.all(
    [
      ['rule', 'show'],
      ['-6', 'rule', 'show'],
      ['address', 'show'],
      ['-4', 'route', 'show', 'table', 'all'],
      ['nexthop', 'show'],
    ].map((args) => scene.lab.exec('ip', args)),
  )
  // Lifetimes count down.
  return shown.map(({ stdout }) => stdout.replace(/_lft \d+sec/g, '')).join('\n')
}

test('a system where all is well has no finding, and verifying it leaves nothing behind', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: CONFIG } })
  await net.until(['interface', 'eth0', 'connection'], 'lan', DEADLINE)
  const before = await held(scene)
  assert.equal(await net.verifySystem(), [])
  assert.is(await held(scene), before)
})

test('features are tried where nothing of ours stands yet', async () => {
  await using scene = await SystemScene.create()
  const net = await scene.start()
  const before = await held(scene)
  assert.equal(await net.verifySystem(), [])
  assert.is(await held(scene), before)
})

test('a DHCP client of somebody else on an interface of ours is found, and is none of our daemons', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  const net = await scene.start({ config: { eth0: { type: 'ethernet' } } })
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  assert.equal(await net.verifySystem(), [])
  // It ends by itself, and its script changes nothing.
  const foreign = scene.lab.exec('timeout', ['8', 'udhcpc', '-f', '-i', 'eth0', '-s', '/bin/true'])
  const codes = await eventually('it is found', async () => {
    const found = await net.verifySystem()
    return found.length > 0 && found.map(({ code }) => code)
  })
  assert.equal(codes, ['RIVAL_DHCP_CLIENT'])
  await foreign
  assert.equal(await net.verifySystem(), [])
})

test.run()
