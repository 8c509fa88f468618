/** The decisions: which provider, when to connect, whether there is internet, what a level means. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { brandOf } from '../../../../lib/technology/qmi/brand.js'
import type { ServingSystem } from '../../../../lib/technology/qmi/codec/nas.js'
import {
  type ConnectivityInput,
  type ConnectivityState,
  GRACE_MS,
  initialConnectivity,
  reduceConnectivity,
} from '../../../../lib/technology/qmi/connectivity-logic.js'
import { addressesOf, mtuOf } from '../../../../lib/technology/qmi/ip-settings.js'
import { readNote } from '../../../../lib/technology/qmi/note.js'
import { chooseProvider } from '../../../../lib/technology/qmi/provider.js'
import {
  initialSession,
  REGISTRATION_LIMIT_MS,
  RETRY_MS,
  reduceSession,
  type SessionInput,
  type SessionState,
} from '../../../../lib/technology/qmi/session-logic.js'
import { lteLevel } from '../../../../lib/technology/qmi/signal-level.js'

test('F1: the provider of a card; without one that names it, the last that names none', () => {
  const providers = [
    { apn: 'a', onlyIccidPrefixes: ['8933'] },
    { apn: 'b', onlyIccidPrefixes: ['8944', '8949'] },
    { apn: 'c' },
  ]
  const apn = (iccid: string | null) => chooseProvider(providers, { iccid })?.apn
  assert.is(apn('8949123'), 'b')
  assert.is(apn('8933123'), 'a')
  assert.is(apn('8901123'), 'c')
  assert.is(apn(null), 'c')
  assert.is(chooseProvider([{ apn: 'x' }, { apn: 'y' }], { iccid: '1' })?.apn, 'y')
  assert.is(chooseProvider([{ apn: 'a', onlyIccidPrefixes: ['89'] }], { iccid: '12' }), undefined)
})

test('a provider may be chosen by the home network of the card', () => {
  const providers = [{ apn: 'home', onlyPlmns: ['26202', '310260'] }, { apn: 'other' }]
  assert.is(chooseProvider(providers, { iccid: '1', plmns: ['26202', '262002'] })?.apn, 'home')
  assert.is(chooseProvider(providers, { iccid: '1', plmns: ['26203', '262003'] })?.apn, 'other')
})

const SERVING: ServingSystem = {
  registration: 'registered',
  cs: 'detached',
  ps: 'attached',
  network: 'network_3gpp',
  radios: ['lte'],
  roaming: false,
  plmn: undefined,
  utcOffset: undefined,
  stdOffset: undefined,
  networkTime: undefined,
  locationAreaCode: undefined,
  cellId: undefined,
  trackingAreaCode: undefined,
}

/** The effects of each input, by their types and what they report. */
function judged(inputs: readonly ConnectivityInput[], from: ConnectivityState = initialConnectivity) {
  let state = from
  const told: string[] = []
  for (const input of inputs) {
    const step = reduceConnectivity(state, input)
    state = step.state
    told.push(...step.effects.map((effect) => (effect.type === 'report' ? effect.connection : effect.type)))
  }
  return { state, told }
}

const UP: readonly ConnectivityInput[] = [
  { type: 'link', lowerUp: true, hasAddress: true },
  { type: 'packet', connected: true },
  { type: 'serving', system: SERVING },
]
const DETACHED: ConnectivityInput = { type: 'serving', system: { ...SERVING, ps: 'detached' } }

test('F7: internet by link, address, session and service; a second of grace when the service goes', () => {
  const up = judged(UP)
  assert.equal(up.told, ['internet'])
  assert.equal(judged([DETACHED, { type: 'graceOver' }], up.state).told, ['startGrace', 'disconnected'])
  assert.equal(judged([DETACHED, DETACHED, { type: 'serving', system: SERVING }], up.state).told, [
    'startGrace',
    'cancelGrace',
  ])
  assert.is(GRACE_MS, 1_000)
  for (const missing of [
    { registration: 'not_registered' as const },
    { network: 'unknown' as const },
    { radios: [] },
  ]) {
    assert.equal(judged([{ type: 'serving', system: { ...SERVING, ...missing } }], up.state).told, ['startGrace'])
  }
})

test('F8: an address, a session or a carrier that is lost ends the internet at once', () => {
  const up = judged(UP).state
  assert.equal(judged([{ type: 'link', lowerUp: true, hasAddress: false }], up).told, ['disconnected'])
  assert.equal(judged([{ type: 'link', lowerUp: false, hasAddress: true }], up).told, ['disconnected'])
  assert.equal(judged([{ type: 'packet', connected: false }], up).told, ['disconnected'])
  assert.equal(judged([DETACHED, { type: 'packet', connected: false }, { type: 'graceOver' }], up).told, [
    'startGrace',
    'cancelGrace',
    'disconnected',
  ])
})

function session(inputs: readonly SessionInput[], from: SessionState = initialSession) {
  let state = from
  const told: string[] = []
  for (const input of inputs) {
    const step = reduceSession(state, input)
    state = step.state
    told.push(...step.effects.map((effect) => (effect.type === 'wait' ? `wait ${effect.delayMs}` : effect.type)))
  }
  return { state, told }
}

const CARD: SessionInput = { type: 'card', iccid: '8949' }
const READY: readonly SessionInput[] = [
  { type: 'serving', registered: true },
  { type: 'configured', late: false },
  CARD,
]
const FAILED: SessionInput = { type: 'refused', retry: true }
const TIMER: SessionInput = { type: 'timer' }

test('a session begins when card, settings and network are there, or without the network after a minute', () => {
  assert.equal(session(READY).told, ['connect'])
  const waiting = session([CARD, { type: 'configured', late: false }])
  assert.equal(waiting.told, [`wait ${REGISTRATION_LIMIT_MS}`])
  assert.equal(session([{ type: 'serving', registered: true }], waiting.state).told, ['cancelWait', 'connect'])
  assert.equal(session([TIMER], waiting.state).told, ['connect'])
  assert.equal(session([{ type: 'serving', registered: true }, CARD]).told, [], 'what must be set is not set')
  assert.equal(session([{ type: 'serving', registered: true }, CARD, { type: 'configured', late: true }]).told, [
    'wait 1000',
  ])
})

test('the ladder: again, again, radio off and on, again, again, power; then from the beginning', () => {
  const told: string[] = []
  let { state } = session(READY)
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    const step = session([FAILED], state)
    told.push(step.told.join())
    state = session([step.state.phase === 'repairing' ? { type: 'repaired' } : TIMER], step.state).state
  }
  const again = `wait ${RETRY_MS}`
  const round = [again, again, 'restartRadio', again, again, 'cyclePower']
  assert.equal(told, [...round, ...round])
})

test('a session that ends is begun again sooner the first time, and less often each time', () => {
  let { state } = session([...READY, { type: 'started' }])
  const delays: number[] = []
  for (let loss = 1; loss <= 2; loss += 1) {
    const lost = session([{ type: 'lost' }], state)
    assert.equal(lost.told.slice(0, 2), ['cancelWait', 'disconnect'])
    delays.push(Number(lost.told[2]?.slice('wait '.length)))
    state = session([TIMER, { type: 'started' }], lost.state).state
  }
  assert.ok((delays[0] ?? 0) >= 800 && (delays[0] ?? 0) <= 1_000, String(delays))
  assert.ok((delays[1] ?? 0) >= 1_600 && (delays[1] ?? 0) <= 2_000, String(delays))
  assert.is(session([TIMER], state).state.failures, 0, 'it has lasted')
  const other = session([{ type: 'card', iccid: '8950' }, { type: 'started' }, { type: 'lost' }], state)
  assert.not.equal(other.told.at(-1), `wait ${delays[0]}`, 'another device comes at another moment')
})

test('another card ends the session and begins one of its own; no card ends it', () => {
  const { state } = session([...READY, { type: 'started' }])
  assert.equal(session([{ type: 'card', iccid: '8950' }], state).told, ['cancelWait', 'disconnect', 'connect'])
  const gone = session([{ type: 'card', iccid: undefined }], state)
  assert.equal(gone.told, ['cancelWait', 'disconnect'])
  assert.is(gone.state.phase, 'blocked')
  assert.equal(session([TIMER, FAILED, { type: 'lost' }, { type: 'started' }], gone.state).told, [])
})

test('no provider for the card is not tried again by itself', () => {
  const { state, told } = session([...READY, { type: 'refused', retry: false }])
  assert.equal(told, ['connect'])
  assert.is(state.failures, 0)
})

test('F18: brands by network', () => {
  assert.is(brandOf('310', '260'), 'T-Mobile')
  assert.is(brandOf('310', '410'), 'AT&T')
  assert.is(brandOf('999', '999'), null)
})

test('levels of LTE', () => {
  assert.equal(lteLevel(-74), { asu: 19, dbm: -74, bars: 3 })
  assert.equal(
    [-113, -112, -85, -84, -75, -65, -64, -50].map((dbm) => lteLevel(dbm).bars),
    [0, 1, 1, 2, 2, 3, 4, 4],
  )
  assert.equal(
    [-120, -113, -112, -51, -50, -10].map((dbm) => lteLevel(dbm).asu),
    [99, 99, 0, 31, 31, 31],
  )
})

test('the addresses of two sessions become one set of routes', () => {
  const both = addressesOf(
    [
      {
        apn: undefined,
        family: 4,
        mtu: 1_430,
        ipv4: { address: '192.0.2.10', prefixLength: 29, gateway: '192.0.2.9' },
        ipv6: undefined,
        nameServers: ['192.0.2.53'],
      },
      {
        apn: undefined,
        family: 6,
        mtu: 1_400,
        ipv4: undefined,
        ipv6: { address: '2001:db8::a', prefixLength: 64, gateway: undefined },
        nameServers: ['192.0.2.53', '2001:db8::35'],
      },
    ],
    7,
  )
  assert.equal(both.routes, {
    addresses: [
      { address: '192.0.2.10', prefixLength: 29 },
      { address: '2001:db8::a', prefixLength: 64 },
    ],
    gateway: '192.0.2.9',
    routes: [{ to: '::/0' }],
    metric: 7,
  })
  assert.equal(both.nameServers.nameServers, ['192.0.2.53', '2001:db8::35'])
  assert.is(mtuOf([]), undefined)
})

test('a note of another version is no note', () => {
  assert.equal(readNote(null), { failures: 0, silent: 0, dhcp: false })
  assert.equal(readNote({ failures: 'x', silent: 2, dhcp: true }), { failures: 0, silent: 2, dhcp: true })
})

test.run()
