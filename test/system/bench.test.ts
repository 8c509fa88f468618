import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../support/source-files.js'

const test = suite('bench')

const KEYS = ['aim', 'better', 'case', 'limit', 'metric', 'must', 'ours', 'peers', 'ratio', 'unit']
/** The whole quick run takes a fifth of it on an idle machine. */
const RUN_LIMIT_MS = 280_000

async function quickRun(names: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const args = ['scripts/bench.mjs', '--quick', '--json', ...names]
  const { stdout } = await execa(process.execPath, args, { cwd: ROOT, timeout: RUN_LIMIT_MS, reject: false })
  return stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('every case runs and prints nothing but rows', async () => {
  const rows = await quickRun([])
  for (const row of rows) assert.equal(Object.keys(row).sort(), KEYS)
  const cases = ['storm', 'drain', 'latency', 'dump', 'replace', 'probe', 'failover', 'memory', 'table', 'start', 'bss']
  assert.equal([...new Set(rows.map((row) => row['case']))], cases)
  const without = rows.filter(({ ours }) => ours === null).map((row) => `${row['case']} ${row['metric']}`)
  assert.equal(
    without.filter((name) => !name.startsWith('failover standing order')),
    [],
  )
})

test.run()
