import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readPowerManagers } from '../../../lib/power/read-power-managers.js'
import { RecordingLogger } from '../supervision/recording-logger.js'

const manager = {
  powerOn: () => ({ holdMs: 0 }),
  startPoweringOff: () => ({ limitMs: 0 }),
  powerOff: () => ({ minimumOffMs: 0 }),
}

test('takes a manager by itself, or with the time of its watchdog', () => {
  const logger = new RecordingLogger()
  const managed = readPowerManagers({ wlan0: manager, wwan0: { manager, watchdogTimeoutMs: 1_800_000 } }, logger)
  assert.equal(
    [...managed].map(([ifname, { watchdogTimeoutMs }]) => [ifname, watchdogTimeoutMs]),
    [
      ['wlan0', 60_000],
      ['wwan0', 1_800_000],
    ],
  )
  assert.equal(logger.lines, [])
})

test('a bad entry costs one warning that says why, and harms no other', () => {
  const bad: Record<string, unknown> = {
    'a/b': manager,
    wlan1: {},
    wlan2: null,
    wlan3: { ...manager, powerOff: 1 },
    wlan4: { manager: {} },
    wlan5: { manager, watchdogTimeoutMs: 0 },
    wlan6: { ...manager, isOn: true },
    wlan7: { manager, watchdogTimeoutMs: '60' },
  }
  const logger = new RecordingLogger()
  const managed = readPowerManagers({ ...bad, wlan0: manager }, logger)
  assert.equal([...managed.keys()], ['wlan0'])
  assert.is(logger.lines.length, Object.keys(bad).length)
  for (const [at, ifname] of Object.keys(bad).entries()) assert.ok(logger.lines[at]?.includes(ifname), ifname)
  assert.match(logger.lines[3] ?? '', 'powerOff')
  assert.match(logger.lines[5] ?? '', 'watchdogTimeoutMs')
})

test.run()
