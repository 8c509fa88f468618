import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import { type GpioPowerOptions, gpioPower } from '../../../lib/power/gpio-power.js'
import { ScriptedDaemons } from '../../../lib/testing/scripted-daemon.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

/** A scripted gpioset: its version, and the processes that it leaves behind, by their arguments. */
function world(options: Partial<GpioPowerOptions> = {}, version = 'gpioset (libgpiod) v2.1.3') {
  const programs = new ScriptedDaemons()
  const held: string[] = []
  const script = { refuses: false, detaches: true }
  programs.on('gpioset', (child) => {
    const { args } = child.request
    if (args[0] === '--version') child.writeStdout(`${version}\nCopyright\n`)
    else if (script.refuses || held.length > 0)
      child.writeStderr('gpioset: unable to request lines: Device or resource busy\n')
    else if (script.detaches) held.push(args.join(' '))
    child.exit(script.refuses ? 1 : 0)
  })
  const power = gpioPower(
    { chip: 'gpiochip0', line: 17, ...options },
    {
      spawn: programs.spawn,
      findProgram: programs.findProgram,
      clock: new SimulatedClock(),
      holders: {
        find: (args) => held.includes(args.join(' ')),
        end: async (args) => {
          const at = held.indexOf(args.join(' '))
          if (at !== -1) held.splice(at, 1)
        },
      },
    },
  )
  return { power, held, script, programs }
}

async function failure(work: () => unknown): Promise<NetworkError> {
  try {
    await work()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown), String(thrown))
    return thrown
  }
  return assert.unreachable('no error') as never
}

test('one process holds the line, in the way of libgpiod 2', async () => {
  const { power, held } = world()
  assert.equal(await power.powerOn(), { holdMs: 600_000 })
  assert.equal(held, ['--daemonize -c gpiochip0 17=1'])
  assert.equal(await power.startPoweringOff(), { limitMs: 1_000 })
  assert.equal(await power.powerOff(), { minimumOffMs: 5_000 })
  assert.equal(held, ['--daemonize -c gpiochip0 17=0'])
})

test('libgpiod 1 is told what to hold for, and how to detach', async () => {
  const { power, held } = world({ activeLow: true }, 'gpioset (libgpiod) v1.6.3')
  await power.powerOn()
  assert.equal(held, ['--mode=signal --background --active-low gpiochip0 17=1'])
})

test('a given version is not asked for, and the version is asked for once', async () => {
  const given = world({ version: 1, line: 3 })
  await given.power.powerOn()
  assert.equal(given.held, ['--mode=signal --background gpiochip0 3=1'])
  assert.is(given.programs.children.length, 1)
  const asked = world()
  await asked.power.powerOn()
  await asked.power.powerOff()
  assert.is(asked.programs.children.filter(({ request }) => request.args[0] === '--version').length, 1)
})

test('what an earlier run holds is found, and left as it is', async () => {
  const { power, held, programs } = world({ line: 'modem_power' })
  assert.is(await power.isOn?.(), undefined)
  held.push('--daemonize -c gpiochip0 modem_power=1')
  assert.is(await power.isOn?.(), true)
  await power.powerOn()
  assert.is(programs.children.length, 1)
  await power.powerOff()
  assert.is(await power.isOn?.(), false)
})

test('a line that is taken is a failure with the words of gpioset', async () => {
  const { power, script } = world()
  script.refuses = true
  const error = await failure(() => world({}, 'gpioset (libgpiod) v3.0').power.powerOn())
  assert.equal([error.code, error.message], ['ERR_UNSUPPORTED', 'gpioset: unknown version: gpioset (libgpiod) v3.0'])
  await failure(() => power.powerOn())
  const given = world({ version: 2 })
  given.script.refuses = true
  assert.match((await failure(() => given.power.powerOn())).message, /status 1: .*Device or resource busy/)
})

test('a gpioset that ends without holding the line is a failure', async () => {
  const { power, script } = world()
  script.detaches = false
  assert.is((await failure(() => power.powerOn())).message, 'gpioset: does not hold the line')
})

test('a missing gpioset is a failure each time, not for ever', async () => {
  const { power, programs, held } = world()
  programs.missing('gpioset')
  for (let round = 0; round < 2; round += 1) {
    assert.is((await failure(() => power.powerOn())).code, 'ERR_PROGRAM_MISSING')
  }
  programs.on('gpioset', (child) => {
    if (child.request.args[0] === '--version') child.writeStdout('gpioset (libgpiod) v2.0\n')
    else held.push(child.request.args.join(' '))
    child.exit(0)
  })
  await power.powerOn()
  assert.is(held.length, 1)
})

test('what gpioset would take for an option is refused', async () => {
  for (const [field, options] of [
    ['chip', { chip: '--help' }],
    ['line', { line: -1 }],
    ['line', { line: '17=1 18' }],
    ['version', { version: 3 }],
    ['limitMs', { limitMs: Number.NaN }],
  ] as const) {
    const error = await failure(() => world(options as Partial<GpioPowerOptions>))
    assert.equal([error.code, error.field], ['ERR_INVALID_CONFIG', field])
  }
})

test.run()
