import { posix } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SourceFile, sourceFiles } from '../support/source-files.js'
import { importsOf, usedNames } from './typescript-imports.js'

const test = suite('pure modules')

/** Modules that only compute: no IO, no clock, no logger, no randomness; time is an argument. */
const PURE: readonly RegExp[] = [
  /^lib\/kernel\/(messages|mirror)\.ts$/,
  /^lib\/properties\/path\.ts$/,
  /^lib\/config\/.*\.ts$/,
  /^lib\/supervision\/backoff\.ts$/,
  /^lib\/dhcp\/(lease|lease-routes|server|server-leases)\.ts$/,
  /^lib\/technology\/(.*\/)?(normalize|plan|servers|dhcpd-pool)\.ts$/,
  /^lib\/technology\/wifi\/supplicant\/(access-point|channel|eap-status|events|flags|join-event|kernel-bss|key-values|reduce)\.ts$/,
  /^lib\/technology\/wifi\/supplicant\/(signal|state|stations|summarize|text|wps)\.ts$/,
  /^lib\/technology\/qmi\/(codec\/[\w-]+|session-logic|connectivity-logic|provider|signal-level|sim-state|ip-settings|note|brand|schema)\.ts$/,
  /^lib\/technology\/wireguard\/(endpoint|parse-conf|peer-logic)\.ts$/,
  /^lib\/technology\/mobile\/(at\/(core|lines|response)|cell|chat-script|check-modem|modem|schema|signal|sim)\.ts$/,
  /^lib\/technology\/mobile\/(modems|ppp)\/(?!reader).*\.ts$/,
  /^lib\/interface\/(lifecycle|compare-\w+|step-subject|recovery-logic)\.ts$/,
  /^lib\/connectivity\/(check-logic|host-list|activity-logic)\.ts$/,
  /^lib\/routing\/(metric|desired-routes|diff-routes)\.ts$/,
  /^lib\/naming\/(naming|name-list)\.ts$/,
  /^lib\/power\/(power-control|power-info)\.ts$/,
  /^lib\/control\/(explain-routes|openapi|schemas|problem|raw-text)\.ts$/,
  /^lib\/cli\/(table|change-line|plan-difference|watch-state|completion|man-page|command-tree|shown-value)\.ts$/,
  /^lib\/metrics\/(failover|probe-bytes)\.ts$/,
]

const IMPURE_NAMES = [
  'Date.now',
  'performance',
  'Math.random',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'console',
  'Buffer',
]

function isPure(path: string): boolean {
  return PURE.some((pattern) => pattern.test(path))
}

function problems({ path, text }: SourceFile): readonly string[] {
  const imports = importsOf(text).flatMap(({ specifier, typeOnly }) => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier
    const impure = target.startsWith('node:') || (!typeOnly && /^lib\/base\/(clock|logger)\.js$/.test(target))
    return impure ? [`${path}: imports ${specifier}`] : []
  })
  const names = usedNames(text)
  return [...imports, ...IMPURE_NAMES.filter((name) => names.has(name)).map((name) => `${path}: uses ${name}`)]
}

test('pure modules import no Node API, no clock and no logger, and use neither time nor chance', () => {
  const files = sourceFiles(/^lib\/.*\.ts$/).filter(({ path }) => isPure(path))
  assert.ok(files.length > 0)
  assert.equal(files.flatMap(problems), [])
})

test('rule: an impure import or name in a pure module is found', () => {
  const count = (text: string): number => problems({ path: 'lib/routing/metric.ts', text }).length
  assert.is(count("import { readFile } from 'node:fs'"), 1)
  assert.is(count("import type { Socket } from 'node:net'"), 1)
  assert.is(count("import { createClock } from '../base/clock.js'"), 1)
  assert.is(count("import { log } from '../base/logger.js'"), 1)
  assert.is(count('const now = Date.now()'), 1)
  assert.is(count('const now = performance.now()'), 1)
  assert.is(count('setTimeout(() => undefined, 1)'), 1)
  assert.is(count("import { assertNever } from '../base/assert.js'\nconst a = { process: 1 }, b = a.process"), 0)
})

test.run()
