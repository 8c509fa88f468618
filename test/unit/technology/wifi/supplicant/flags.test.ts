import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { flagsOf, readFlags } from '../../../../../lib/technology/wifi/supplicant/flags.js'

const test = suite('flags')

const words = (text: string): string => readFlags(text).flags.join(',')

test('C2: combined names first, then those of the parts', () => {
  assert.is(words('[WPA2-EAP-CCMP][ESS]'), 'wpa2-eap-ccmp,wpa2,eap,ccmp,ess')
  assert.is(
    words('[WPA-PSK-CCMP+TKIP][WPA2-PSK-CCMP+TKIP][ESS]'),
    'wpa-psk-ccmp-tkip,wpa2-psk-ccmp-tkip,wpa,psk,ccmp,tkip,wpa2,psk,ccmp,tkip,ess',
  )
  assert.is(words('[WPA2-SAE-CCMP]'), 'wpa2-sae-ccmp,wpa2,sae,ccmp')
  assert.is(words('[WPA2-PSK-SHA256-CCMP][WPS]'), 'wpa2,psk-sha256,ccmp,wps')
  assert.is(words('[WEP][ESS]'), 'wep,ess')
})

test('C2: what is not known is told and left out', () => {
  assert.equal(readFlags('[FUTURE-THING][ESS]'), { flags: ['ess'], unknown: ['FUTURE-THING'] })
  assert.equal(readFlags('[WPA2-PSK+QUANTUM-CCMP][ESS]'), { flags: ['wpa2', 'psk', 'ess'], unknown: ['QUANTUM-CCMP'] })
  assert.equal(readFlags('[WPA2-PSK-CCMP+ROT13]'), { flags: ['wpa2', 'psk', 'ccmp'], unknown: ['ROT13'] })
})

test('lists of key managements and ciphers, as newer supplicants print them', () => {
  assert.is(words('[WPA2-PSK+FT/PSK+PSK-SHA256-CCMP]'), 'wpa2,psk,ft-psk,psk-sha256,ccmp')
  assert.is(
    words('[WPA2-SAE+FT/SAE+SAE-EXT-KEY+FT/SAE-EXT-KEY-CCMP+GCMP-256]'),
    'wpa2,sae,ft-sae,sae-ext-key,ft-sae-ext-key,ccmp,gcmp256',
  )
  assert.is(words('[WPA2-EAP+EAP-SHA384+FT/EAP-SHA384-CCMP-256]'), 'wpa2,eap,eap-sha384,ft-eap-sha384,ccmp256')
  assert.is(words('[WPA2-EAP-SUITE-B-192-GCMP-256]'), 'wpa2,eap-suite-b-192,gcmp256')
  assert.is(words('[WPA2-EAP-SUITE-B-GCMP]'), 'wpa2,eap-suite-b,gcmp')
  assert.is(words('[RSN-OVERRIDE-SAE-EXT-KEY-GCMP-256]'), 'rsn-override,sae-ext-key,gcmp256')
})

test('parts that say nothing, and preauthentication', () => {
  assert.is(words('[WPA2--CCMP]'), 'wpa2-ccmp,wpa2,ccmp')
  assert.is(words('[RSN--CCMP][MESH]'), 'rsn-ccmp,rsn,ccmp,mesh')
  assert.is(words('[WPA-None-NONE]'), 'wpa')
  assert.is(words('[WPA2-EAP-CCMP-preauth]'), 'wpa2,eap,ccmp,preauth')
  assert.is(words('[OWE-TRANS-OPEN][UTF-8][SAE-H2E][SAE-PK][HS20]'), 'owe-trans-open,utf8,sae-h2e,sae-pk,hs20')
})

test('absent flags and garbage give nothing and never throw', () => {
  assert.equal(readFlags(undefined), { flags: [], unknown: [] })
  for (const text of ['', '[]', ']][[', '[WPA2', '[WPA2-]', '[-]', '[+]', '[WPA2-++-]', '\u0000[\u00ff]']) {
    assert.ok(Array.isArray(readFlags(text).flags), text)
  }
})

test('words of the kernel give the same flags', () => {
  const security = { keyManagement: ['sae', 'psk'], ciphers: ['ccmp'], preauthentication: false }
  assert.is(flagsOf([{ protocol: 'wpa2', ...security }]).join(), words('[WPA2-PSK+SAE-CCMP]'))
  const both = { keyManagement: ['psk'], ciphers: ['tkip', 'ccmp'], preauthentication: false }
  assert.is(
    flagsOf([
      { protocol: 'wpa', ...both },
      { protocol: 'wpa2', ...both },
    ]).join(),
    words('[WPA-PSK-CCMP+TKIP][WPA2-PSK-CCMP+TKIP]'),
  )
  const open = { keyManagement: ['none'], ciphers: ['group'], preauthentication: true }
  assert.is(flagsOf([{ protocol: 'rsn', ...open }]).join(), 'rsn,preauth')
})

test.run()
