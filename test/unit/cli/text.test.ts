/** What the command line prints, as far as it only computes: tables, screens, help, completions, the man page. */

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { changeLine } from '../../../lib/cli/change-line.js'
import { commandTree } from '../../../lib/cli/command-tree.js'
import { completionScript } from '../../../lib/cli/completion.js'
import { jsonArgument } from '../../../lib/cli/context.js'
import { manPage } from '../../../lib/cli/man-page.js'
import { isSamePlan, planDifference, type ShownPlan } from '../../../lib/cli/plan-difference.js'
import { buildProgram, type ProgramHost } from '../../../lib/cli/program.js'
import { eventsOf } from '../../../lib/cli/server-sent-events.js'
import { spacedValue } from '../../../lib/cli/shown-value.js'
import { tableLines, widthOf, wrap } from '../../../lib/cli/table.js'
import { terminalOf } from '../../../lib/cli/terminal.js'
import { changeWatch, startWatch, watchScreen } from '../../../lib/cli/watch-state.js'
import { MASK } from '../../../lib/config/redact.js'
import { messageOf } from '../../../lib/errors.js'
import { cli } from '../../support/cli-run.js'

const host = { print: () => undefined, printError: () => undefined } as unknown as ProgramHost
const program = buildProgram(host)

test('the last column takes what is left, and goes on below itself', () => {
  assert.equal(tableLines(['A', 'WHY'], [['one', 'because of this and of that']], { columns: 24 }), [
    'A    WHY',
    'one  because of this and',
    '     of that',
  ])
  assert.equal(wrap('0123456789', 4), ['0123', '4567', '89'])
  assert.is(widthOf('日本'), 4)
})

/** Cells of the routes and of a scan, as wide as they ordinarily are with IPv6. */
const WIDE_TABLES: readonly { head: string[]; rows: string[][] }[] = [
  {
    head: ['DESTINATION', 'VIA', 'INTERFACE', 'METRIC', 'TABLE', 'WHY'],
    rows: [
      ['2001:db8:aaaa:bbbb::/64', 'direct', 'eth0', '256', 'main', 'made by the kernel for an address'],
      ['default (IPv6)', 'fe80::a00:27ff:fe4e:66a1', 'eth0', '1024', 'main', 'learned from a router advertisement'],
    ],
  },
  {
    head: ['SSID', 'BSSID', 'SIGNAL', 'CHANNEL', 'BAND', 'SECURITY'],
    rows: [
      ['0123456789abcdefghijklmnopqrstuv', '02:00:00:00:00:01', '-45 dBm', '36', '5 GHz', 'WPA2-PSK-CCMP SAE-CCMP'],
      ['日本語の名前です十字', '02:00:00:00:00:02', '-100 dBm', '149', '5 GHz', 'WPA2-EAP-CCMP'],
    ],
  },
]

test('earlier columns are wrapped too where the last one alone cannot make room, and nothing is lost', () => {
  for (const { head, rows } of WIDE_TABLES)
    for (const columns of [80, 60]) {
      const lines = tableLines(head, rows, { columns })
      assert.equal(
        lines.filter((line) => widthOf(line) > columns),
        [],
      )
      // A head is never broken, so that it says where its column begins.
      const starts = head.map((word) => lines[0]?.indexOf(word) ?? -1)
      assert.ok(starts.every((start) => start >= 0))
      for (const [at, start] of starts.entries()) {
        const column = lines.slice(1).map((line) => between(line, start, starts[at + 1]))
        assert.is(
          column.join('').replaceAll(' ', ''),
          rows
            .map((row) => row[at])
            .join('')
            .replaceAll(' ', ''),
        )
      }
    }
})

/** The part of a line between two columns of the terminal. */
function between(line: string, start: number, end = Number.POSITIVE_INFINITY): string {
  let at = 0
  let part = ''
  for (const character of line) {
    if (at >= start && at < end) part += character
    at += widthOf(character)
  }
  return part
}

test('addresses are broken behind a colon, and lines of any length are not broken', () => {
  assert.equal(wrap('fe80::a00:27ff:fe4e:66a1', 17), ['fe80::a00:27ff:', 'fe4e:66a1'])
  assert.equal(wrap('日本語', 5), ['日本', '語'])
  for (const { head, rows } of WIDE_TABLES)
    assert.is(tableLines(head, rows, { columns: undefined }).length, rows.length + 1)
})

test('a terminal that does not say how large it is has 80 columns and 24 lines', () => {
  const { columns, rows } = terminalOf({ isTTY: true, columns: 0, rows: 0, write: () => undefined }, {})
  assert.equal([columns, rows], [80, 24])
})

test('a name of a network cannot take over the terminal', () => {
  const [, line = ''] = tableLines(['SSID', 'X'], [['\x1b[2Jevil\u202e\n', 'y']], { columns: undefined })
  assert.is(line, '\ufffd[2Jevil\ufffd\ufffd  y')
})

const SNAPSHOT = {
  version: '1',
  allInterfaces: ['eth0', 'wlan0'],
  availableInterfaces: ['eth0', 'wlan0'],
  connection: 'internet',
  nameServers: [],
  interfaces: {
    eth0: {
      type: 'ethernet',
      present: true,
      state: 'configured',
      stateForMs: 5_000,
      connection: 'internet',
      connectionForMs: 4_000,
      config: {},
    },
    wlan0: { type: 'wifi', present: true, state: 'configured', config: {} },
  },
}

const NONE = { pattern: undefined, changes: [] }

test('the screen shows how long things have been as they are, the interfaces in use first', () => {
  let state = startWatch(SNAPSHOT, 100_000)
  const change = {
    path: ['interface', 'eth0', 'connection'],
    oldValue: 'internet',
    newValue: 'lan',
    oldTimestamp: 96_000,
    newTimestamp: 101_000,
  }
  assert.is(changeLine(change), 'interface/eth0/connection: internet → lan (after 5.0 s)')
  state = changeWatch(state, change)
  state = changeWatch(state, { ...change, path: ['available_interfaces'], newValue: ['wlan0', 'eth0'] })
  const lines = watchScreen(state, 103_000, { columns: 100, rows: 24, list: NONE })
  assert.match(lines[3] ?? '', /^wlan0 +wifi/)
  assert.match(lines[4] ?? '', /^eth0 +ethernet +lan 2\.0 s +configured 8\.0 s/)
  assert.ok(watchScreen(state, 103_000, { columns: 20, rows: 5, list: NONE }).every((line) => line.length <= 20))
  assert.is(watchScreen(state, 103_000, { columns: 20, rows: 5, list: NONE }).length, 5)
})

test('a changed list is told in words, and on a screen values are shortened, never how long things had been so', () => {
  const change = {
    path: ['name_servers'],
    oldValue: [{ address: '192.0.2.53', from: ['eth0', 'eth1'] }],
    newValue: [],
    oldTimestamp: 1_000,
    newTimestamp: 3_000,
  }
  assert.is(changeLine(change), 'name_servers: 192.0.2.53 (eth0, eth1) → (none) (after 2.0 s)')
  assert.is(changeLine(change, 50), 'name_servers: 192.0.2.53 (… → (none) (after 2.0 s)')
  const addresses = { ...change, oldValue: ['eth0'], newValue: [{ address: '192.0.2.2', prefixLength: 24 }] }
  assert.is(changeLine(addresses), 'name_servers: eth0 → 192.0.2.2/24 (after 2.0 s)')
  const long = { ...change, oldValue: 'x'.repeat(100), newValue: { name: '日'.repeat(100) } }
  assert.is(changeLine(long, 60), 'name_servers: xxxxxxxxxxxxx… → {"name":"日日… (after 2.0 s)')
  assert.ok(widthOf(changeLine(long, 60)) <= 60)
})

test('the screen has IPv4 addresses first, and tenths of a second from the first one on', () => {
  const { eth0 } = SNAPSHOT.interfaces
  const addresses = ['fe80::1/64', '2001:db8::1/64', '192.0.2.2/24']
  const snapshot = { ...SNAPSHOT, interfaces: { eth0: { ...eth0, connectionForMs: 0, addresses } } }
  const lines = watchScreen(startWatch(snapshot, 100_000), 100_000, { columns: 120, rows: 24, list: NONE })
  assert.match(lines[3] ?? '', /internet 0\.0 s +configured 5\.0 s +192\.0\.2\.2\/24 2001:db8::1\/64 fe80::1\/64$/)
  assert.is(lines[5], 'No change yet (end with Ctrl-C)')
})

test('blanks in JSON are where a line may be broken, and nowhere in texts', () => {
  assert.is(spacedValue({ a: [1, { b: '{\n  x' }], c: [] }), '{"a": [1, {"b": "{\\n  x"}], "c": []}')
  assert.is(spacedValue('{"a":1}'), '{"a":1}')
  assert.is(spacedValue(undefined), '(none)')
})

test('a plan’s difference shows content of files line by line, and steps in words', () => {
  const plan = (content: string, address: string): ShownPlan => ({
    type: 'x',
    source: { type: 'x', ipv4: { address } },
    files: [{ path: '/run/a.conf', content, mode: 0o600 }],
    up: [
      { type: 'kernel', command: { type: 'addAddress', ifname: 'eth0', address } },
      { type: 'call', name: 'clear', args: null },
      { type: 'call', name: 'setRoutes', args: { routes: [{ to: 'default' }], via: address } },
    ],
    services: [],
    connectivity: 'lan',
  })
  const lines = planDifference(plan('a\nb\n', '192.0.2.2'), plan('a\nc\n', '192.0.2.3'))
  assert.equal(
    lines.filter(({ mark }) => mark !== '#').map(({ mark, text }) => mark + text),
    [
      ' x',
      '-ipv4.address=192.0.2.2',
      '+ipv4.address=192.0.2.3',
      ' /run/a.conf (mode 600)',
      '-    b',
      '+    c',
      '-kernel addAddress ifname=eth0 address=192.0.2.2',
      '-call setRoutes routes=[{"to": "default"}] via=192.0.2.2',
      '+kernel addAddress ifname=eth0 address=192.0.2.3',
      ' call clear',
      '+call setRoutes routes=[{"to": "default"}] via=192.0.2.3',
      ' lan',
    ],
  )
})

test('what differs inside of a masked file is seen by the configuration, but for its secrets', () => {
  const plan = (network: object): ShownPlan => ({
    type: 'wifi',
    source: { type: 'wifi', wifi: { networks: [network], bgscan: {} } },
    files: [{ path: '/run/wpa_supplicant.conf', content: MASK, mode: 0o600 }],
    up: [],
    services: [],
    connectivity: 'internet',
  })
  const home = { ssid: 'Home', keyMgmt: 'wpa-psk', psk: MASK }
  const lines = planDifference(plan(home), plan({ ssid: 'Home 2', keyMgmt: 'none' }))
  assert.not(isSamePlan(lines))
  assert.equal(
    lines.filter(({ mark }) => mark === '+' || mark === '-').map(({ mark, text }) => mark + text),
    [
      '-wifi.networks.0.ssid=Home',
      '-wifi.networks.0.keyMgmt=wpa-psk',
      '-wifi.networks.0.psk=....',
      '+wifi.networks.0.ssid=Home 2',
      '+wifi.networks.0.keyMgmt=none',
    ],
  )
  assert.ok(isSamePlan(planDifference(plan(home), plan({ ...home }))))
})

test('a configuration that comes in pieces keeps the characters that lie across two of them', async () => {
  const bytes = Buffer.from('{"ssid":"Café"}')
  const pieces = [bytes.subarray(0, 13), bytes.subarray(13)]
  assert.equal(await jsonArgument('@-', 'configuration', Readable.from(pieces)), { ssid: 'Café' })
  const endless = Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(65_536, ' ')))
  const said = await jsonArgument('@-', 'configuration', endless).then(String, messageOf)
  assert.is(said, 'standard input: more than a configuration has')
})

test('events come together from any pieces', async () => {
  const text = ': alive\n\nevent: change\ndata: {"a":1}\n\nevent: end\ndata: {}\n\n'
  async function* pieces() {
    for (const character of text) yield character
  }
  const events: unknown[] = []
  for await (const event of eventsOf(pieces())) events.push(event)
  assert.equal(events, [
    { event: 'change', data: { a: 1 } },
    { event: 'end', data: {} },
  ])
})

test('every command of the contract is there, and those that ask the daemon have --json', () => {
  const names =
    'run info get watch configure deconfigure plan apply confirm rollback scan routes ping ifconfig verify'.split(' ')
  const tree = commandTree(program)
  assert.equal(tree.map(({ name }) => name).sort(), [...names, 'completion', 'man'].sort())
  for (const { name, options } of tree.filter((entry) => names.slice(1).includes(entry.name)))
    assert.ok(
      options.some(({ long }) => long === '--json'),
      name,
    )
})

test('--help and --version are no errors; nothing at all is one', async () => {
  const help = await cli(['--help'])
  assert.is(help.status, 0)
  assert.match(help.out, 'Exit status: 0 done, 1 failed')
  assert.match((await cli(['apply', '--help'])).out, '--confirm-within <seconds>')
  assert.match((await cli(['--version'])).out, /^\d+\.\d+\.\d+\n$/)
  assert.is((await cli([])).status, 2)
})

test('the man page has every command and option of the help', () => {
  const page = manPage(program, '1.0.0').replaceAll('\\-', '-')
  for (const { name, options } of commandTree(program)) {
    assert.match(page, `.SS ${name}`)
    for (const { flags } of options) assert.ok(page.includes(`.B ${flags}`), flags)
  }
})

test('bash takes the completion script and completes commands, options and interfaces', () => {
  const script = completionScript('bash', program)
  const complete = (words: string[]): string[] => {
    const ask = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _vintage_net; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' }).split('\n')
  }
  assert.equal(complete(['vintage-net', 'roll']), ['rollback', ''])
  assert.ok(complete(['vintage-net', 'apply', '--conf']).includes('--confirm-within'))
  assert.ok(complete(['vintage-net', 'scan', 'l']).includes('lo'))
  assert.match(completionScript('fish', program), "-a rollback -d 'take back what was applied'")
  assert.is(spawnSync('bash', ['-n'], { input: script }).status, 0)
})

test('names of links are no code for the completion', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'completion-test-'))
  try {
    const links = "ls() { printf '%s\\n' eth0 '$(>a)' '`>b`' 'eth1;>c' wlan0.1; }"
    for (const words of ['scan ""', 'ping -I ""']) {
      const ask = `COMP_WORDS=(vintage-net ${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _vintage_net; printf '%s\\n' "\${COMPREPLY[@]}"`
      const script = `${completionScript('bash', program)}\n${links}\n${ask}`
      const said = execFileSync('bash', ['-c', script], { encoding: 'utf8', cwd: folder }).trim().split('\n')
      assert.equal(
        said.filter((word) => !word.startsWith('--')),
        ['eth0', 'wlan0.1'],
        words,
      )
    }
    assert.equal(await readdir(folder), [])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('an output that cannot be written to is an error; one that nobody reads is none', () => {
  const main = fileURLToPath(new URL('../../../lib/cli/main.ts', import.meta.url))
  const run = (rest: string) =>
    spawnSync('bash', ['-c', `set -o pipefail; "$0" --import tsx "$1" man ${rest}`, process.execPath, main], {
      encoding: 'utf8',
    })
  const full = run('> /dev/full')
  assert.is(full.status, 1, full.stderr)
  assert.match(full.stderr, /^vintage-net: standard output: .*ENOSPC.*\n$/)
  const closed = run('| true')
  assert.equal([closed.status, closed.stderr], [0, ''])
})

test.run()
