import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type BssEntry, placeholder, readBss } from '../../../../../lib/technology/wifi/supplicant/access-point.js'
import { readEvent } from '../../../../../lib/technology/wifi/supplicant/events.js'
import { reduceSupplicant } from '../../../../../lib/technology/wifi/supplicant/reduce.js'
import {
  allProperties,
  initialState,
  MAX_ACCESS_POINTS_COUNT,
  type SupplicantEffect,
  type SupplicantInput,
  type SupplicantState,
} from '../../../../../lib/technology/wifi/supplicant/state.js'
import { type RecordingName, recordedAnswer, recordedEvents } from '../../../../support/supplicant-recording.js'

const test = suite('supplicant state')

const MAC = '02:00:00:00:a0:01'

/** A state that is fed, and what came of it. */
class Fed {
  state: SupplicantState
  readonly effects: SupplicantEffect[] = []
  readonly properties = new Map<string, unknown>()

  constructor(apMode = false) {
    this.state = initialState(apMode)
    this.#note(allProperties(this.state))
  }

  feed(input: SupplicantInput): this {
    const { state, effects } = reduceSupplicant(this.state, input)
    this.state = state
    this.effects.push(...effects)
    this.#note(effects)
    return this
  }

  events(...lines: string[]): this {
    for (const line of lines) this.feed({ type: 'event', event: readEvent(line), wallMs: 0 })
    return this
  }

  recorded(name: RecordingName): this {
    return this.events(...recordedEvents(name))
  }

  get(path: string): unknown {
    return this.properties.get(path)
  }

  of(type: SupplicantEffect['type']): SupplicantEffect[] {
    return this.effects.filter((effect) => effect.type === type)
  }

  #note(effects: readonly SupplicantEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'put') this.properties.set(effect.path.join('/'), effect.value)
      if (effect.type === 'delete') this.properties.delete(effect.path.join('/'))
    }
  }
}

function entry(command = 'BSS 0'): BssEntry {
  const found = readBss(recordedAnswer('open', command))
  if (found === undefined) throw new Error(`no entry in ${command}`)
  return found
}

function lookup(bssid: string, found: BssEntry | undefined): SupplicantInput {
  return { type: 'lookup', bssid, entry: found }
}

test('at the start every property exists', () => {
  const fed = new Fed()
  assert.equal(Object.fromEntries(fed.properties), {
    'wifi/access_points': [],
    'wifi/current_ap': null,
    'wifi/clients': [],
    'wifi/peers': [],
    eap_status: { status: null, method: null, timestamp: null, remoteCertificateVerified: false },
  })
})

test('C3: a network that is put off is told, and the network that is back takes its place', () => {
  const fed = new Fed().events(
    '<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="Harbour" auth_failures=2 duration=20 reason=WRONG_KEY',
  )
  const told = fed.get('wifi/event') as Record<string, unknown>
  assert.equal([told['ssid'], told['authFailures'], told['reason']], ['Harbour', 2, 'WRONG_KEY'])
  assert.is(fed.get('wifi/reason'), '"Harbour" refused the passphrase, 2 times; tried again in 20 s')
  fed.events('<3>CTRL-EVENT-SSID-REENABLED id=0 ssid="Harbour"')
  assert.is((fed.get('wifi/event') as Record<string, unknown>)['name'], 'CTRL-EVENT-SSID-REENABLED')
})

test('a wrong passphrase is told as such, by WPA2 and by SAE, and forgotten with a connection', () => {
  for (const name of ['wrong-passphrase', 'wrong-sae-password'] as const) {
    const fed = new Fed().recorded(name)
    assert.is((fed.get('wifi/event') as Record<string, unknown>)['reason'], 'WRONG_KEY', name)
    assert.match(String(fed.get('wifi/reason')), /refused the passphrase, 2 times; tried again in 20 s/)
    fed.recorded('wpa2')
    assert.is(fed.get('wifi/reason'), undefined)
  }
})

test('that nothing is in range is told, but not in the place of a refusal', () => {
  const fed = new Fed().events('<3>CTRL-EVENT-NETWORK-NOT-FOUND ')
  assert.is(fed.get('wifi/reason'), 'none of the configured networks is in range')
  fed.recorded('wrong-passphrase').events('<3>CTRL-EVENT-NETWORK-NOT-FOUND ')
  assert.match(String(fed.get('wifi/reason')), /refused the passphrase/)
  fed.events('<3>CTRL-EVENT-SSID-REENABLED id=0 ssid="My Home"', '<3>CTRL-EVENT-NETWORK-NOT-FOUND ')
  assert.is(fed.get('wifi/reason'), 'none of the configured networks is in range')
})

test('wrong credentials are told as those', () => {
  const fed = new Fed().recorded('enterprise-wrong')
  assert.is(fed.get('wifi/reason'), '"Corp" refused the credentials; tried again in 10 s')
  assert.is((fed.get('eap_status') as Record<string, unknown>)['status'], 'failure')
})

test('a failure to connect after a connection is no wrong passphrase', () => {
  const fed = new Fed().events(
    '<3>WPA: 4-Way Handshake failed - pre-shared key may be incorrect',
    `<3>CTRL-EVENT-CONNECTED - Connection to ${MAC} completed [id=0 id_str=]`,
    '<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="x" auth_failures=1 duration=10 reason=CONN_FAILED',
  )
  assert.is((fed.get('wifi/event') as Record<string, unknown>)['reason'], 'CONN_FAILED')
})

test('C6: an access point that is added is looked up, and then listed', () => {
  const fed = new Fed().events(`<3>CTRL-EVENT-BSS-ADDED 0 ${MAC}`)
  assert.equal(fed.of('lookup'), [{ type: 'lookup', bssid: MAC, full: false }])
  fed.feed(lookup(MAC, entry()))
  assert.equal(fed.get('wifi/access_points'), [entry().record])
})

test('a lookup that finds nothing is a warning', () => {
  const fed = new Fed().feed(lookup(MAC, undefined))
  assert.equal(fed.of('warn'), [{ type: 'warn', text: `wpa_supplicant knows nothing of ${MAC}` }])
  assert.equal(fed.get('wifi/access_points'), [])
})

test('results of a scan ask for the table, and the table takes the place of the list', () => {
  const fed = new Fed().feed(lookup(MAC, entry())).events('<3>CTRL-EVENT-SCAN-RESULTS ')
  assert.equal(fed.of('refresh'), [{ type: 'refresh', scan: true }])
  fed.feed({ type: 'table', entries: [entry('BSS 1'), entry('BSS 2')] })
  assert.equal(
    (fed.get('wifi/access_points') as { ssid: string }[]).map(({ ssid }) => ssid),
    ['Harbour', 'Quay'],
  )
})

test('of two entries with one address, forgetting the other one changes nothing', () => {
  const fed = new Fed().feed(lookup(MAC, { ...entry(), id: 8 })).events(`<3>CTRL-EVENT-BSS-REMOVED 2 ${MAC}`)
  fed.feed({ type: 'forget', bssid: MAC, id: 2 })
  assert.is((fed.get('wifi/access_points') as []).length, 1)
  fed.feed({ type: 'forget', bssid: MAC, id: 8 })
  assert.equal(fed.get('wifi/access_points'), [])
})

test('a connection to a known access point is that one, and ends with it', () => {
  const fed = new Fed().feed(lookup(MAC, entry()))
  fed.events(`<3>CTRL-EVENT-CONNECTED - Connection to ${MAC} completed [id=0 id_str=]`)
  assert.equal(fed.get('wifi/current_ap'), entry().record)
  assert.equal(fed.of('lookup'), [])
  fed.events(`<3>CTRL-EVENT-DISCONNECTED bssid=${MAC} reason=3`)
  assert.is(fed.get('wifi/current_ap'), null)
})

test('a connection to an unknown access point is told at once, and in full when it is known', () => {
  const fed = new Fed().events(`<3>CTRL-EVENT-CONNECTED - Connection to ${MAC} completed (reauth) [id=0 id_str=]`)
  assert.equal(fed.get('wifi/current_ap'), placeholder(MAC))
  assert.equal(fed.get('wifi/access_points'), [placeholder(MAC)])
  assert.equal(fed.of('lookup'), [{ type: 'lookup', bssid: MAC, full: false }])
  fed.feed(lookup(MAC, entry()))
  assert.equal(fed.get('wifi/current_ap'), entry().record)
})

test('what we are connected to stays, though a scan did not hear it', () => {
  const fed = new Fed().feed({ type: 'status', bssid: MAC }).feed(lookup(MAC, entry()))
  fed.feed({ type: 'table', entries: [] }).feed({ type: 'forget', bssid: MAC, id: 0 })
  assert.equal(fed.get('wifi/access_points'), [entry().record])
  assert.equal(fed.get('wifi/current_ap'), entry().record)
})

test('an access point is not connected to itself, nor a mesh to nobody', () => {
  const fed = new Fed(true).recorded('access-point')
  assert.is(fed.get('wifi/current_ap'), null)
  assert.equal(fed.get('wifi/clients'), [])
  assert.is(new Fed().recorded('mesh').get('wifi/current_ap'), null)
})

test('stations come and go; repeats change nothing', () => {
  const fed = new Fed(true).feed({ type: 'clients', clients: ['02:00:00:00:02:00', 'nonsense'] })
  fed.events('<3>AP-STA-CONNECTED 02:00:00:00:03:00 keyid=x', '<3>AP-STA-CONNECTED 02:00:00:00:03:00')
  assert.equal(fed.get('wifi/clients'), ['02:00:00:00:03:00', '02:00:00:00:02:00'])
  fed.events('<3>AP-STA-DISCONNECTED 02:00:00:00:02:00', '<3>AP-STA-DISCONNECTED 02:00:00:00:02:00')
  assert.equal(fed.get('wifi/clients'), ['02:00:00:00:03:00'])
  fed.events('<3>AP-DISABLED ')
  assert.equal(fed.get('wifi/clients'), [])
})

test('a mesh peer is told at once, and in full when its beacon was heard', () => {
  const fed = new Fed().recorded('mesh')
  assert.equal(fed.get('wifi/peers'), [])
  const peer = readBss(recordedAnswer('mesh', 'BSS 1'))
  assert.ok(peer)
  fed.events('<3>MESH-PEER-CONNECTED 02:00:00:00:02:00').feed(lookup('02:00:00:00:02:00', undefined))
  assert.equal(fed.get('wifi/peers'), [placeholder('02:00:00:00:02:00')])
  fed.feed({ type: 'table', entries: [peer] })
  assert.equal(fed.get('wifi/peers'), [peer.record])
  assert.equal(fed.get('wifi/access_points'), [])
})

test('credentials of WPS; a payload that cannot be read is a warning without it', () => {
  const fed = new Fed().recorded('push-button')
  const told = fed.get('wifi/wps_credentials') as { credential: { ssid: string } }
  assert.is(told.credential.ssid, 'Harbour')
  assert.equal(new Fed().events('<3>WPS-CRED-RECEIVED 1045').of('warn'), [
    { type: 'warn', text: 'the credentials of WPS could not be read' },
  ])
})

test('C10: a supplicant that says it ends is at its end', () => {
  const [failed] = new Fed().recorded('open').of('fail')
  assert.equal(failed, { type: 'fail', reason: 'wpa_supplicant said that it is ending' })
})

test('unknown flags are a warning, not an end', () => {
  const odd = readBss(`bssid=${MAC}\nfreq=2437\nlevel=-40\nflags=[FUTURE-THING][ESS]\nssid=x\n`)
  assert.ok(odd)
  const fed = new Fed().feed(lookup(MAC, odd))
  assert.equal(fed.of('warn'), [{ type: 'warn', text: 'flags that are not known: FUTURE-THING' }])
  assert.is((fed.get('wifi/access_points') as []).length, 1)
})

test('a scan that failed for good is told, one that is tried again is not', () => {
  const fed = new Fed().events('<3>CTRL-EVENT-SCAN-FAILED ret=-16 retry=1', '<3>CTRL-EVENT-SCAN-FAILED ret=-22')
  assert.equal(fed.of('scanFailed'), [{ type: 'scanFailed', reason: 'the scan failed (-22)' }])
})

test('more access points than fit: the strongest stay', () => {
  const many = Array.from({ length: MAX_ACCESS_POINTS_COUNT + 9 }, (_, at): BssEntry => {
    const bssid = `02:00:00:00:${(at >> 8).toString(16).padStart(2, '0')}:${(at & 255).toString(16).padStart(2, '0')}`
    return { ...entry(), id: at, record: { ...entry().record, bssid, signalDbm: at < 9 ? -99 : -50 } }
  })
  const listed = new Fed().feed({ type: 'table', entries: many }).get('wifi/access_points') as { signalDbm: number }[]
  assert.is(listed.length, MAX_ACCESS_POINTS_COUNT)
  assert.ok(listed.every(({ signalDbm }) => signalDbm === -50))
})

test('what the kernel heard for an access point takes the place of the list', () => {
  const fed = new Fed(true).feed({ type: 'heard', accessPoints: [entry().record, entry('BSS 1').record] })
  assert.is((fed.get('wifi/access_points') as []).length, 2)
})

test.run()
