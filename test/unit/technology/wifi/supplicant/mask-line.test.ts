import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { maskSupplicantLine } from '../../../../../lib/technology/wifi/supplicant/mask-line.js'

test('credentials and quoted lines of the file are cut off, everything else stays', () => {
  const cases: [string, string][] = [
    ['wlan0: WPS-CRED-RECEIVED 100e003e10260001', 'wlan0: WPS-CRED-RECEIVED ....'],
    ['wlan0: DPP-CONFOBJ-PASS 6b6579', 'wlan0: DPP-CONFOBJ-PASS ....'],
    [`Line 4: failed to parse psk '"canary"'.`, 'Line 4: failed to parse psk ....'],
    [`Line 7: invalid quotation '"canary"x'.`, 'Line 7: invalid quotation ....'],
    ['Invalid passphrase length 3 (expected: 8..63) "abc".', 'Invalid passphrase length 3 (expected: 8..63) ....'],
    ['wlan0: CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:00:01 completed', ''],
    [`wlan0: Trying to associate with 02:00:00:00:00:01 (SSID='Home' freq=2412 MHz)`, ''],
  ]
  for (const [line, masked] of cases) assert.is(maskSupplicantLine(line), masked === '' ? line : masked)
})

test.run()
