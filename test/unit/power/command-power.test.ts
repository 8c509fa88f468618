import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { type CommandPowerOptions, commandPower } from '../../../lib/power/command-power.js'
import { ScriptedDaemons } from '../../../lib/testing/scripted-daemon.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

function world(options: Partial<CommandPowerOptions> = {}) {
  const programs = new ScriptedDaemons()
  const clock = new SimulatedClock()
  const power = commandPower(
    { on: { program: 'relay', args: ['1', 'on'] }, off: { program: 'relay', args: ['1', 'off'] }, ...options },
    { spawn: programs.spawn, findProgram: programs.findProgram, clock },
  )
  return { programs, clock, power, ran: () => programs.children.map(({ request }) => request.args.join(' ')) }
}

async function failure(work: () => unknown): Promise<{ code: string; message: string; field: string | undefined }> {
  try {
    await work()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown), String(thrown))
    return { code: thrown.code, message: thrown.message, field: thrown.field }
  }
  return assert.unreachable('no error') as never
}

test('runs a program for each step and answers the times', async () => {
  const { programs, power, ran } = world({ prepareOff: { program: 'relay', args: ['halt'] }, limitMs: 20, holdMs: 0 })
  programs.on('relay', (child) => child.exit(0))
  assert.equal(await power.powerOn(), { holdMs: 0 })
  assert.equal(await power.startPoweringOff(), { limitMs: 20 })
  assert.equal(await power.powerOff(), { minimumOffMs: 5_000 })
  assert.equal(ran(), ['1 on', 'halt', '1 off'])
})

test('times have defaults, and without prepareOff nothing runs', async () => {
  const { programs, power, ran } = world()
  programs.on('relay', (child) => child.exit(0))
  assert.equal(await power.powerOn(), { holdMs: 600_000 })
  assert.equal(await power.startPoweringOff(), { limitMs: 1_000 })
  assert.equal(ran(), ['1 on'])
})

test('another status than 0 is a failure with the last line', async () => {
  const { programs, power } = world()
  programs.on('relay', (child) => {
    child.writeStderr('no such board\n')
    child.exit(3)
  })
  const { code, message } = await failure(() => power.powerOn())
  assert.equal([code, message], ['ERR_PROGRAM_FAILED', 'relay: ended with status 3: no such board'])
  programs.missing('relay')
  assert.is((await failure(() => power.powerOff())).code, 'ERR_PROGRAM_MISSING')
})

test('a program that hangs is ended', async () => {
  const { programs, clock, power } = world({ deadlineMs: 100 })
  programs.on('relay')
  const failed = failure(() => power.powerOn())
  await clock.advance(100)
  assert.is((await failed).code, 'ERR_TIMEOUT')
  assert.equal(programs.children[0]?.signals, ['SIGTERM'])
})

test('isOn takes status 0 for on, 1 for off, and everything else for unknown', async () => {
  for (const [status, answer] of [
    [0, true],
    [1, false],
    [2, undefined],
  ] as const) {
    const { programs, power } = world({ isOn: { program: 'ask' } })
    programs.on('ask', (child) => child.exit(status))
    assert.is(await power.isOn?.(), answer)
  }
  assert.is(await world().power.isOn?.(), undefined)
})

test('a wrong option is named', async () => {
  const wrong: [field: string, options: object][] = [
    ['on.program', { on: undefined }],
    ['off.args', { off: { program: 'relay', args: '1 off' } }],
    ['isOn.program', { isOn: { program: '' } }],
    ['holdMs', { holdMs: -1 }],
    ['minimumOffMs', { minimumOffMs: '5 s' }],
    ['deadlineMs', { deadlineMs: 60_000 }],
  ]
  for (const [field, options] of wrong) {
    const failed = await failure(() => world(options as Partial<CommandPowerOptions>))
    assert.equal([failed.code, failed.field], ['ERR_INVALID_CONFIG', field])
  }
})

test.run()
