import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { SetLink } from '../../../lib/kernel/messages.js'
import { maskPlan } from '../../../lib/technology/mask-plan.js'
import { makePlan } from '../../../lib/technology/plan.js'

const SECRET = 'correct horse'

const PLAN = makePlan({
  ifname: 'wlan0',
  type: 'wifi',
  source: { type: 'wifi', wifi: { networks: [{ ssid: 'lan', psk: SECRET }] } },
  files: [
    { path: '/t/supplicant.conf', content: `psk=${SECRET}`, mode: 0o600, secret: true },
    { path: '/t/public.conf', content: 'shown', mode: 0o644, secret: false },
  ],
  up: [
    { type: 'call', name: 'join', args: { psk: SECRET }, run: async () => undefined },
    { type: 'kernel', command: { type: 'setLink', ifname: 'wlan0', privateKey: SECRET } as SetLink },
  ],
  down: [{ type: 'call', name: 'leave', args: [{ password: SECRET }], run: async () => undefined }],
  services: [{ type: 'part', name: 'client', args: { privateKey: SECRET }, start: () => Promise.reject(new Error()) }],
  connectivity: { type: 'part', name: 'check', args: { pin: SECRET }, start: () => Promise.reject(new Error()) },
})

test('no secret of a plan is left in its masked form', () => {
  const masked = maskPlan(PLAN)
  assert.not.match(JSON.stringify(masked), SECRET)
  assert.is(masked.files[0]?.content, '....')
  assert.is(masked.files[1]?.content, 'shown')
  assert.is(masked.up.length, 2)
})

test('the plan itself keeps its secrets', () => {
  maskPlan(PLAN)
  assert.match(JSON.stringify(PLAN), SECRET)
})

test.run()
