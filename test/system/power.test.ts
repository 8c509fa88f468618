import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/base/clock.js'
import { commandPower, gpioPower, type PowerManager } from '../../lib/index.js'
import { systemLineHolders } from '../../lib/power/line-holders.js'
import { eventually } from '../support/eventually.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const STATIC = {
  type: 'ethernet' as const,
  ipv4: { method: 'static' as const, address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' },
}
const at = (name: string): string[] => ['interface', 'eth0', name]

/** Power whose programs plug an adapter into the lab and pull it out; each step is a line of `log`. */
function adapterPower({ lab, folder }: SystemScene): PowerManager {
  const script = (what: string, ...lines: string[]) => ({
    program: 'sh',
    args: ['-ec', [`echo ${what} >> '${folder}/log'`, ...lines].join('\n')],
  })
  return commandPower({
    on: script(
      'on',
      `ip -n ${lab.name} link add eth0 index 20 type veth peer name far0`,
      `ip -n ${lab.name} link set far0 up`,
    ),
    prepareOff: script('prepare-off'),
    off: script('off', `ip -n ${lab.name} link delete eth0`),
    isOn: { program: 'sh', args: ['-c', `ip -n ${lab.name} link show eth0`] },
    holdMs: 60_000,
    limitMs: 50,
    minimumOffMs: 100,
  })
}

async function log({ lab, folder }: SystemScene): Promise<string[]> {
  return (await lab.exec('cat', [join(folder, 'log')])).stdout.trim().split('\n')
}

test('a pair of commands cycles the power: the link goes, the interface waits, and is configured when it is back', async () => {
  await using scene = await SystemScene.create()
  const options = {
    config: { eth0: STATIC },
    powerManagers: { eth0: adapterPower(scene) },
    persistence: 'none' as const,
  }
  const net = await scene.start(options)
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.equal(await log(scene), ['on'])
  assert.is(net.get(at('power')), 'on')

  const states: unknown[] = []
  net.subscribe(at('state'), ({ newValue }) => states.push(newValue))
  net.power('eth0').forceReset()
  await net.until(at('power'), 'off', DEADLINE)
  await net.until(at('present'), undefined, DEADLINE)
  await net.until(at('power'), 'on', DEADLINE)
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.equal(await log(scene), ['on', 'prepare-off', 'off', 'on'])
  assert.equal(states, ['reconfiguring', 'retrying', 'configuring', 'configured'])
  assert.equal(
    (await scene.addresses('eth0')).map(({ local }) => local),
    ['192.0.2.2'],
  )

  // A restart finds it on: nothing is switched, not even by the stop.
  await net.stop()
  const again = await scene.start(options)
  await again.until(at('connection'), 'lan', DEADLINE)
  assert.equal(await log(scene), ['on', 'prepare-off', 'off', 'on'])
  assert.match(again.info(), /^ +Power: +on, the watchdog acts in \d+ ms$/m)

  await again.deconfigure('eth0')
  await again.until(at('power'), 'off', DEADLINE)
  await again.until(at('present'), undefined, DEADLINE)
  assert.equal((await log(scene)).slice(4), ['prepare-off', 'off'])
})

test('a link without the internet that it had goes down and up, and the property says so until it is back', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: STATIC }, recoverAfterMs: 300 })
  await net.until(at('connection'), 'internet', DEADLINE)
  assert.is(net.get(at('recovery')), undefined)
  await uplink.pullCable()
  await net.until(at('recovery'), (value) => (value as { step?: string })?.step === 'restart-link', DEADLINE)
  await eventually('the link is down', async () => !(await scene.link('eth0')).flags.includes('UP'))
  await eventually('the link is up', async () => (await scene.link('eth0')).flags.includes('UP'))
  await uplink.plugIn()
  await net.until(at('connection'), 'internet', DEADLINE)
  await net.until(at('recovery'), undefined, DEADLINE)
  assert.is(await scene.wayOut(), 'eth0')
})

/** Stands in for gpioset of libgpiod 2: it detaches, and holds its "line" in the background. No GPIO chip is touched. */
const GPIOSET = `#!/bin/bash
if [ "$1" = --version ]; then echo 'gpioset (libgpiod) v2.1.3'; exit 0; fi
set -m # a process group of its own, as daemon(3) gives
( set +m; exec < /dev/null > /dev/null 2>&1; for second in 1 2 3 4 5 6 7 8 9; do sleep 10 & wait $!; done ) &
`

test('a program in the place of gpioset holds the line in the background, is found by the next manager, and ends', async () => {
  await using scene = await SystemScene.create()
  const bin = join(scene.folder, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'gpioset'), GPIOSET)
  await chmod(join(bin, 'gpioset'), 0o755)
  const path = `${bin}:/usr/bin:/bin`
  const holders = systemLineHolders(systemClock)
  const args = (value: number) => ['--daemonize', '-c', 'gpiochip9', `4=${value}`]
  try {
    const power = gpioPower({ chip: 'gpiochip9', line: 4 }, { path })
    assert.is(await power.isOn?.(), undefined)
    await power.powerOn()
    assert.equal([holders.find(args(1)), holders.find(args(0))], [true, false])
    const next = gpioPower({ chip: 'gpiochip9', line: 4 }, { path })
    assert.is(await next.isOn?.(), true)
    await next.powerOff()
    assert.equal([holders.find(args(1)), holders.find(args(0))], [false, true])
    assert.is(await power.isOn?.(), false)
  } finally {
    await holders.end(args(0))
    await holders.end(args(1))
  }
  assert.is(holders.find(args(0)), false)
})

test.run()
