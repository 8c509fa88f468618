/** The recorded terminal session: the script that writes docs/terminal-session.md, into a file of the test. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { COLUMNS } from '../../scripts/recording/terminal.js'
import { ROOT } from '../support/source-files.js'

/** It takes half a minute; this is for a loaded machine. */
const TIMEOUT_MS = 220_000

/** The script as scripts/recording.mjs runs it, inside the world that this test has already. */
async function record(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'recording-test-'))
  try {
    const file = join(folder, 'page.md')
    const program = fileURLToPath(new URL('../../scripts/recording/main.ts', import.meta.url))
    await execa(process.execPath, ['--import', 'tsx', program, file], { cwd: ROOT, timeout: TIMEOUT_MS })
    return await readFile(file, 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The captures of a page, in order. */
function capturesOf(page: string): string[] {
  return [...page.matchAll(/^```text\n([\s\S]*?)\n```$/gm)].map(([, text = '']) => text)
}

test('the session tells of failover, failback, a change rolled back, one confirmed, and a clean stop', async () => {
  const page = await record()
  const captures = capturesOf(page)
  const marks = [
    /^ +\d+\.\d{3} s {2}FAILOVER eth0 → eth1: [\d.]+ ms/m,
    /"config": \{/,
    /info +the daemon runs version=/,
    /^Connection: internet; available: eth0, eth1\n\n.*\neth0 .*internet.*192\.0\.2\..*\neth1 .*internet/,
    /^\$ vintage-net info\n[\s\S]*Interface eth1/,
    /^default +192\.0\.2\.1 +eth0 [\s\S]*^default +198\.51\.100\.1 +eth1 /m,
    /^interface\/eth0\/dhcp_options [\s\S]*\$ vintage-net get interface\/eth0\/connection\ninternet$/m,
    // The pulled link has fallen, the other one stands first.
    /available: eth1\n\n.*\neth1 .*internet.*\neth0 .*disconnected[\s\S]*eth0\/connection: internet → disconnected \(after/,
    /2 tried, 2 answered[\s\S]*\$ echo \$\?\n0$/,
    /available: eth0, eth1\n\n.*\neth0 .*internet[\s\S]*eth0\/connection: lan → internet \(after/,
    /^\+ kernel setLink ifname=eth1 mtu=1400$[\s\S]*^- daemon udhcpc/m,
    /^Applied to eth1\. Rolled back in 4 s[\s\S]*\n[12] s left\. Confirm\? \[y\/N\]$/m,
    /not confirmed: rolled back\n\$ echo \$\?\n1\n[\s\S]*"method":"dhcp"[\s\S]*inet +198\.51\.100\.1\d\d\/24/,
    /Confirmed and saved\.\n\$ echo \$\?\n0\n[\s\S]*"mtu":1400[\s\S]*inet +198\.51\.100\.20\/24/,
    /the daemon has stopped\n\$ echo \$\?\n0$/,
    /the daemon stops\n\$ echo \$\?\n1$/,
    /no daemon is running[\s\S]*\$ echo \$\?\n3\n[\s\S]*\$ ip route\n\$ ip rule\n/,
  ]
  for (const [at, mark] of marks.entries()) assert.match(captures[at] ?? '', mark, `capture ${at + 1}`)
  assert.is(captures.length, marks.length)
  assert.equal(
    captures.flatMap((text) => text.split('\n')).filter((line) => [...line].length > COLUMNS),
    [],
  )
  for (const word of [ROOT, hostname(), tmpdir(), '\u001b']) assert.not(page.includes(word), word)
})

test.run()
