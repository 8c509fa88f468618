/** The service files: the rights that they give, as the tools of their systems see them. */

import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfigFile } from '../../../lib/cli/daemon/config-file.js'
import { skip } from '../../support/skip.js'
import { sourceFiles } from '../../support/source-files.js'

const file = (name: string): string => fileURLToPath(new URL(`../../../examples/service/${name}`, import.meta.url))
const unit = readFileSync(file('vintage-net.service'), 'utf8')
const waiting = readFileSync(file('vintage-net-wait-online.service'), 'utf8')
const UNITS = ['vintage-net.service', 'vintage-net-wait-online.service']
const valueIn = (key: string, text = unit): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? ''
/** The names of all lines of one key. */
const namesIn = (key: string, text = unit): readonly string[] =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].flatMap(([, names = '']) => names.split(' '))

const PROGRAM = '/usr/bin/vintage-net'
/** Far above what the two scripts below take. */
const SCRIPT_LIMIT_MS = 20_000

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

test('the unit comes after the firewall and the kernel’s parameters, before the network, and is not what is online', () => {
  for (const name of ['network-pre.target', 'systemd-sysctl.service']) assert.ok(namesIn('After').includes(name), name)
  assert.ok(namesIn('Before').includes('network.target'))
  // systemd.special(7): a network manager pulls in network.target, and leaves network-pre.target to the firewall.
  assert.equal(namesIn('Wants'), ['network.target'])
  assert.not(unit.match(/^\w+=.*network-online\.target/m))
})

test('network-online.target waits for a unit that asks the daemon, starts nothing, and gives up', () => {
  assert.equal(namesIn('Requisite', waiting), ['vintage-net.service'])
  assert.equal(namesIn('After', waiting), ['vintage-net.service'])
  assert.ok(namesIn('Before', waiting).includes('network-online.target'))
  assert.is(valueIn('WantedBy', waiting), 'network-online.target')
  assert.is(valueIn('Type', waiting), 'oneshot')
  assert.is(valueIn('User', waiting), valueIn('User'))
  assert.match(valueIn('TimeoutStartSec', waiting), /^[1-9]\d*$/)
})

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'service-test-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeProgram(path: string, lines: readonly string[]): Promise<void> {
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 })
}

test('the wait goes on without an answer and with another one, and ends with the internet', () =>
  inFolder(async (folder) => {
    const [, command = ''] = /^\/bin\/sh -c '(.*)'$/.exec(valueIn('ExecStart', waiting)) ?? []
    const script = command.replaceAll('$$', '$').replace(PROGRAM, join(folder, 'vintage-net'))
    // Asked the first time no daemon runs (status 3), then there is a LAN, then the internet.
    await writeProgram(join(folder, 'vintage-net'), [
      'echo "$*" >> asked',
      'if [ -e lan ]; then echo internet; elif [ -e asked-before ]; then : > lan; echo lan; else : > asked-before; exit 3; fi',
    ])
    await writeProgram(join(folder, 'sleep'), ['echo "sleep $*" >> asked'])
    const options = { cwd: folder, env: { PATH: folder }, timeout: SCRIPT_LIMIT_MS }
    assert.is(spawnSync('/bin/sh', ['-c', script], options).status, 0)
    const ask = 'get connection'
    assert.is(await readFile(join(folder, 'asked'), 'utf8'), `${[ask, ask, ask].join('\nsleep 2\n')}\n`)
  }))

test('the lines of docs/getting-started.md put the installed program into the units before one is started', () =>
  inFolder(async (folder) => {
    const [page] = sourceFiles(/^docs\/getting-started\.md$/)
    const [, block = ''] = /^```sh\n(useradd [\s\S]*?)^```$/m.exec(page?.text ?? '') ?? []
    const lines = block.trimEnd().split('\n')
    assert.equal(
      lines.map((line) => line.split(' ', 2).join(' ')),
      ['useradd --system', 'cp "$(npm', 'sed -i', 'systemctl daemon-reload', 'systemctl enable'],
    )
    // A link to a file that nobody writes would take the names away: it is made where the start went well.
    assert.match(lines.at(-1) ?? '', / --now vintage-net && ln -sf \S+ \/etc\/resolv\.conf$/)
    await writeProgram(join(folder, 'vintage-net'), [])
    for (const name of UNITS) await copyFile(file(name), join(folder, name))
    const sed = (lines[2] ?? '').replace('/etc/systemd/system', folder)
    const options = { env: { PATH: `${folder}:${process.env['PATH']}` }, timeout: SCRIPT_LIMIT_MS }
    assert.is(spawnSync('/bin/sh', ['-c', sed], options).status, 0)
    for (const name of UNITS) {
      const text = await readFile(join(folder, name), 'utf8')
      assert.not(text.includes(PROGRAM), name)
      assert.match(valueIn('ExecStart', text), `${folder}/vintage-net `)
    }
  }))

const hasTool = spawnSync('systemd-analyze', ['--version']).status === 0

const verifyTitle = 'systemd-analyze verify has nothing to say of the units'
if (hasTool)
  test(verifyTitle, () =>
    inFolder(async (folder) => {
      // The program is not installed where the units name it.
      for (const name of UNITS) {
        const text = await readFile(file(name), 'utf8')
        await writeFile(join(folder, name), text.replace(PROGRAM, process.execPath))
      }
      const paths = UNITS.map((name) => join(folder, name))
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' })
      // Of other units of this machine it may complain.
      assert.equal(
        stderr.split('\n').filter((line) => line.includes('vintage-net')),
        [],
      )
    }),
  )
else skip(test, verifyTitle, 'systemd-analyze is not installed')

const title = 'systemd-analyze security finds little to complain about'
if (hasTool)
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
