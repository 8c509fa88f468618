import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NameRule } from '../../../lib/naming/name-list.js'
import { readNameList, unpredictableName } from '../../../lib/naming/name-list.js'
import {
  initialNaming,
  type NamingEffect,
  type NamingEvent,
  type NamingState,
  reduceNaming,
} from '../../../lib/naming/naming.js'

const A = '/devices/platform/a'
const B = '/devices/platform/b'
const RULES: readonly NameRule[] = [
  { hwPath: A, ifname: 'lan0' },
  { hwPath: B, ifname: 'lan1' },
]

/** Feeds events; the effects are those of the last one, in short. */
function feed(events: readonly NamingEvent[], start: NamingState = initialNaming(RULES)) {
  let state = start
  let effects: readonly string[] = []
  for (const event of events) {
    const step = reduceNaming(state, event)
    state = step.state
    effects = step.effects.map(inShort)
  }
  return { state, effects }
}

function inShort(effect: NamingEffect): string {
  switch (effect.type) {
    case 'rename':
      return `rename ${effect.ifindex} ${effect.from} ${effect.to}`
    case 'startTimer':
      return `timer ${effect.ifindex} ${effect.delayMs}`
    case 'cancelTimer':
      return `cancel ${effect.ifindex}`
    case 'problem':
      return `problem ${effect.ifname}: ${effect.text ?? '-'}`
  }
}

const appeared = (ifindex: number, ifname: string, hwPath: string): NamingEvent => ({
  type: 'appeared',
  links: [{ ifindex, ifname, hwPath }],
})
/** Of two links at once. */
const bothAppeared = (a: string, b: string): NamingEvent => ({
  type: 'appeared',
  links: [
    { ifindex: 2, ifname: a, hwPath: A },
    { ifindex: 3, ifname: b, hwPath: B },
  ],
})
const renamed = (ifindex: number, ifname: string): NamingEvent => ({ type: 'renamed', ifindex, ifname })
const ended = (ifindex: number, failure?: string): NamingEvent => ({ type: 'renameEnded', ifindex, failure })
const timer = (ifindex: number): NamingEvent => ({ type: 'retryTimer', ifindex })
const gone = (ifindex: number): NamingEvent => ({ type: 'gone', ifindex })

test('P1: a link whose path has a name is renamed to it, once', () => {
  const rules = [{ hwPath: '/not/real/a', ifname: 'predictable0' }]
  const first = feed([appeared(7, 'unpredictable0', '/not/real/a')], initialNaming(rules))
  assert.equal(first.effects, ['rename 7 unpredictable0 predictable0'])
  assert.equal(feed([renamed(7, 'predictable0')], first.state).effects, [])
  assert.equal(feed([renamed(7, 'predictable0'), ended(7)], first.state).effects, [])
})

test('P2: a virtual link is not renamed, and that is told', () => {
  const rules = [{ hwPath: '/devices/virtual', ifname: 'predictableVirtual0' }]
  const { effects } = feed([appeared(7, 'unpredictableVirtual0', '/devices/virtual')], initialNaming(rules))
  assert.is(effects.length, 1)
  assert.match(effects[0] ?? '', /^problem unpredictableVirtual0: all virtual links .* is not renamed$/)
})

test('links of other paths, of none and with their name already are left alone', () => {
  for (const [ifname, hwPath] of [
    ['eth0', '/devices/other'],
    ['lo', '/devices/virtual'],
    ['eth0', ''],
    ['lan0', A],
  ] as const) {
    assert.equal(feed([appeared(2, ifname, hwPath)]).effects, [], `${ifname} ${hwPath}`)
  }
})

test('a second link of the same path is refused, and visibly so until it goes', () => {
  const first = feed([appeared(2, 'eth0', A), renamed(2, 'lan0'), ended(2)])
  const second = feed([appeared(3, 'eth1', A)], first.state)
  assert.equal(second.effects, [`problem eth1: ${A} has given its name to lan0 already: not renamed`])
  assert.equal(feed([gone(3)], second.state).effects, ['problem eth1: -'])
  assert.equal(feed([gone(3), gone(2), appeared(4, 'eth0', A)], second.state).effects, ['rename 4 eth0 lan0'])
})

test('a rename that fails is told, and tried again after 1 s, 2 s, 4 s, up to a minute', () => {
  let { state, effects } = feed([appeared(2, 'eth0', A), ended(2, 'EPERM')])
  assert.equal(effects, ['timer 2 1000', 'problem lan0: eth0 cannot be renamed to lan0: EPERM'])
  for (const delayMs of [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    const retry = feed([timer(2)], state)
    assert.equal(retry.effects, ['rename 2 eth0 lan0'])
    ;({ state, effects } = feed([ended(2, 'EPERM')], retry.state))
    assert.equal(effects, [`timer 2 ${delayMs}`])
  }
  assert.equal(feed([timer(2), renamed(2, 'lan0')], state).effects, ['problem lan0: -'])
  assert.equal(feed([gone(2)], state).effects, ['cancel 2', 'problem lan0: -'])
})

test('what another program renames is renamed back after a wait that grows', () => {
  const named = feed([appeared(2, 'lan0', A)])
  const taken = feed([renamed(2, 'enp3s0')], named.state)
  assert.is(taken.effects[0], 'timer 2 1000')
  assert.match(taken.effects[1] ?? '', /^problem lan0: .*another program renamed lan0 to enp3s0$/)
  const back = feed([timer(2)], taken.state)
  assert.equal(back.effects, ['rename 2 enp3s0 lan0'])
  const again = feed([renamed(2, 'lan0'), ended(2), renamed(2, 'enp3s0')], back.state)
  assert.is(again.effects[0], 'timer 2 2000')
})

test('a rename that another program overtook is tried again after a wait', () => {
  const { effects } = feed([appeared(2, 'eth0', A), renamed(2, 'enp3s0'), ended(2)])
  assert.is(effects[0], 'timer 2 1000')
})

test('a name that a link without a rule holds is waited for', () => {
  const held = feed([appeared(5, 'lan0', '/devices/other'), appeared(2, 'eth0', A)])
  assert.is(held.effects.length, 1)
  assert.match(
    held.effects[0] ?? '',
    /^problem lan0: eth0 cannot be renamed to lan0: another link, at \/devices\/other/,
  )
  assert.equal(feed([gone(5)], held.state).effects, ['rename 2 eth0 lan0', 'problem lan0: -'])
  assert.equal(feed([renamed(5, 'x')], held.state).effects, ['rename 2 eth0 lan0', 'problem lan0: -'])
})

test('a name that its holder is about to leave is waited for without a word', () => {
  const moving = feed([appeared(3, 'lan0', B), appeared(2, 'eth0', A)])
  assert.equal(moving.effects, [])
  assert.equal(feed([renamed(3, 'lan1')], moving.state).effects, ['rename 2 eth0 lan0'])
})

test('two links swap their names by way of a temporary one', () => {
  const ring = feed([bothAppeared('lan1', 'lan0')])
  assert.equal(ring.effects, ['rename 2 lan1 vntmp2'])
  const apart = feed([renamed(2, 'vntmp2')], ring.state)
  assert.equal(apart.effects, ['rename 3 lan0 lan1'])
  assert.equal(feed([ended(2)], apart.state).effects, [])
  const done = feed([ended(2), renamed(3, 'lan1'), ended(3)], apart.state)
  assert.equal(feed([ended(2), renamed(3, 'lan1')], apart.state).effects, ['rename 2 vntmp2 lan0'])
  assert.equal(feed([renamed(2, 'lan0'), ended(2)], done.state).effects, [])
})

test('a start after a crash in the middle of a swap ends it', () => {
  assert.equal(feed([bothAppeared('vntmp2', 'lan0')]).effects, ['rename 3 lan0 lan1'])
  assert.equal(feed([bothAppeared('vntmp2', 'lan1')]).effects, ['rename 2 vntmp2 lan0'])
})

test('answers and timers about links that are gone change nothing', () => {
  const { state } = feed([appeared(2, 'eth0', A), gone(2)])
  for (const late of [ended(2), ended(2, 'ENODEV'), timer(2), renamed(2, 'x'), gone(2)]) {
    assert.equal(feed([late], state).effects, [])
  }
})

test('of entries with one path or one name the first holds', () => {
  const { rules, complaints } = readNameList([
    { hwPath: A, ifname: 'lan0' },
    { hwPath: A, ifname: 'lan5' },
    { hwPath: B, ifname: 'lan0' },
    { hwPath: B, ifname: 'eth0' },
  ])
  assert.equal(rules, [
    { hwPath: A, ifname: 'lan0' },
    { hwPath: B, ifname: 'eth0' },
  ])
  assert.is(complaints.length, 3)
})

test('names that the kernel numbers are not predictable, unless nobody asked for predictable names', () => {
  for (const ifname of ['eth0', 'usb1', 'wlan0', 'wwan3', 'eth']) {
    assert.match(unpredictableName(ifname, RULES) ?? '', ifname)
    assert.is(unpredictableName(ifname, []), undefined)
  }
  for (const ifname of ['lan0', 'ppp0', 'br-eth0', 'wg0']) assert.is(unpredictableName(ifname, RULES), undefined)
})

test.run()
