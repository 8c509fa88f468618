/** What the addon says to options that cannot be: each is refused by name before anything is opened. */

import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

interface Addon {
  open(options: unknown, onBatch: () => void): { close(): void }
}

const addonPath = fileURLToPath(new URL('../../build-cmake/Release/vintage_net.node', import.meta.url))
const { open } = createRequire(import.meta.url)(addonPath) as Addon

function refusal(options: unknown): string {
  try {
    open(options, () => undefined).close()
  } catch (error) {
    return error instanceof TypeError ? error.message : `no TypeError: ${String(error)}`
  }
  return 'opened'
}

test('a netlinkFd that no descriptor can be is refused, and never taken for none', () => {
  for (const netlinkFd of [4294967295, 2147483648]) {
    assert.is(refusal({ netlinkFd }), 'options.netlinkFd must be an integer from 0 to 2147483647')
  }
  for (const netlinkFd of [-1, 1.5, 4294967296]) {
    assert.is(refusal({ netlinkFd }), 'options.netlinkFd must be an integer from 0 to 4294967295')
  }
})

test('options of a wrong type are refused by name', () => {
  assert.is(refusal(undefined), 'options must be an object')
  assert.is(refusal({ netns: 5 }), 'options.netns must be a string')
  assert.is(refusal({ resyncIntervalMs: Number.NaN }), 'options.resyncIntervalMs must be a number')
})

test.run()
