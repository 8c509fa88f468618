import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  initialRecovery,
  type RecoveryInput,
  type RecoveryStep,
  recoveryPeriodMs,
  reduceRecovery,
} from '../../../lib/interface/recovery-logic.js'

const AFTER_MS = 600_000
const configured: RecoveryInput = { type: 'configured', judged: true }
const online: RecoveryInput = { type: 'connection', internet: true }
const offline: RecoveryInput = { type: 'connection', internet: false }
const ALL: RecoveryStep[] = ['renew-dhcp', 'restart-link', 'power-cycle']
const due = (available: readonly RecoveryStep[] = ALL, held = false): RecoveryInput => ({
  type: 'due',
  available,
  held,
})

/** Feeds inputs; the last state, and the effects of each as words. */
function feed(inputs: readonly RecoveryInput[]) {
  let state = initialRecovery
  const effects: string[] = []
  for (const input of inputs) {
    const result = reduceRecovery(state, input, AFTER_MS)
    state = result.state
    for (const effect of result.effects) {
      if (effect.type === 'wait') effects.push(`wait ${effect.delayMs / 60_000}`)
      else effects.push(effect.type === 'perform' ? effect.step : effect.type)
    }
  }
  return { state, effects }
}

test('one step a period, from the gentlest on, the last one again and again, the period doubling to an hour', () => {
  assert.equal(feed([configured, online, offline, due(), due(), due(), due()]).effects, [
    'wait 10',
    'wait 20',
    'renew-dhcp',
    'wait 40',
    'restart-link',
    'wait 60',
    'power-cycle',
    'wait 60',
    'power-cycle',
  ])
  assert.is(recoveryPeriodMs(AFTER_MS, 40), 3_600_000)
  assert.is(recoveryPeriodMs(7_200_000, 3), 7_200_000)
})

test('without a power manager the link is restarted again; without a lease it comes first', () => {
  const link: RecoveryStep[] = ['restart-link']
  assert.equal(
    feed([configured, online, offline, due(link), due(link)]).effects.filter((effect) => !effect.startsWith('wait')),
    ['restart-link', 'restart-link'],
  )
})

test('where nothing can be tried the same period passes again', () => {
  const { effects, state } = feed([configured, online, offline, due([]), due([]), due(ALL)])
  assert.equal(effects, ['wait 10', 'wait 10', 'wait 10', 'wait 20', 'renew-dhcp'])
  assert.is(state.attempts, 1)
})

test('while it is held nothing is tried, and the step is not lost', () => {
  const { effects } = feed([configured, online, offline, due(), due(ALL, true), due()])
  assert.equal(effects, ['wait 10', 'wait 20', 'renew-dhcp', 'wait 20', 'wait 40', 'restart-link'])
})

test('the internet ends it, and the next loss begins at the beginning', () => {
  const { effects } = feed([configured, online, offline, due(), due(), online, offline, due()])
  assert.equal(effects.slice(5), ['cancelWait', 'clear', 'wait 10', 'wait 20', 'renew-dhcp'])
})

test('never before the internet was had, and not where nobody judges by it', () => {
  assert.equal(feed([configured, offline, due()]).effects, [])
  assert.equal(feed([{ type: 'configured', judged: false }, online, offline, due()]).effects, [])
})

test('another configuration begins anew', () => {
  const { effects, state } = feed([configured, online, offline, due(), configured, offline, due()])
  assert.equal(effects.slice(3), ['cancelWait', 'clear'])
  assert.equal(state, { ...initialRecovery, judged: true })
})

test('a loss that goes on does not begin the wait anew', () => {
  assert.equal(feed([configured, online, offline, offline]).effects, ['wait 10'])
})

test.run()
