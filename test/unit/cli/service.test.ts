/** The service files: the rights that they give, as the tools of their systems see them. */

import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfigFile } from '../../../lib/cli/daemon/config-file.js'
import { skip } from '../../support/skip.js'

const file = (name: string): string => fileURLToPath(new URL(`../../../examples/service/${name}`, import.meta.url))
const unit = readFileSync(file('vintage-net.service'), 'utf8')
const valueIn = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? ''

/** Tenths; below it the tool says "OK". */
const MOST_EXPOSURE = 30

test('the unit gives three capabilities, which children inherit, and a user of its own', () => {
  const three = 'CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE'
  assert.is(valueIn('AmbientCapabilities'), three)
  assert.is(valueIn('CapabilityBoundingSet'), three)
  assert.is(valueIn('User'), 'vintage-net')
  for (const key of ['NoNewPrivileges', 'ProtectHome', 'PrivateDevices', 'RestrictNamespaces'])
    assert.is(valueIn(key), 'yes', key)
  assert.is(valueIn('ProtectSystem'), 'strict')
})

test('the unit is started again however often it fails', () => {
  assert.is(valueIn('Restart'), 'always')
  // systemd takes the limit from the section of the unit, and passes over it elsewhere.
  assert.match(unit, /^\[Unit\]\n(?:[^[\n].*\n|\n)*StartLimitIntervalSec=0\n/m)
})

const title = 'systemd-analyze security finds little to complain about'
if (spawnSync('systemd-analyze', ['--version']).status === 0)
  test(title, () => {
    const args = ['security', '--offline=true', `--threshold=${MOST_EXPOSURE}`, file('vintage-net.service')]
    assert.is(spawnSync('systemd-analyze', args).status, 0)
    const without = args.with(2, '--threshold=1')
    assert.is.not(spawnSync('systemd-analyze', without).status, 0)
  })
else skip(test, title, 'systemd-analyze is not installed')

test('the scripts are shell, and the example configuration is taken', async () => {
  for (const name of ['vintage-net.openrc', 'vintage-net.init']) execFileSync('sh', ['-n', file(name)])
  assert.is((await readConfigFile(file('config.json'))).options.resolvConf, '/run/vintage-net/resolv.conf')
})

test.run()
