import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OWNER_VARIABLE, parseProcessStat, systemProcessTable } from '../../../lib/supervision/process-table.js'
import { spawnProcess } from '../../../lib/supervision/spawn.js'

const TAIL = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 77 18 19'

test('reads a stat line whose name has blanks and parentheses', () => {
  assert.equal(parseProcessStat(`42 (a) b (c)) S 1 40 ${TAIL}`), {
    pid: 42,
    startTime: 77,
    processGroup: 40,
    program: 'a) b (c)',
    ended: false,
  })
})

test('a zombie has ended', () => {
  assert.is(parseProcessStat(`42 (x) Z 1 40 ${TAIL}`)?.ended, true)
})

test('a line that is cut is no entry', () => {
  for (const text of ['', '42', '42 (x', '42 (x) S 1', 'x (x) S 1 40']) assert.is(parseProcessStat(text), undefined)
})

test('knows this process, and no process 0', () => {
  const own = systemProcessTable.find(process.pid)
  assert.is(own?.pid, process.pid)
  assert.is(own?.ended, false)
  assert.is(systemProcessTable.find(0), undefined)
})

test('finds a child by its mark alone, and signals no later process of its pid', async () => {
  const owner = `test ${process.pid}`
  const start = (value: string) =>
    spawnProcess({ program: '/bin/sleep', args: ['1000'], env: { A: 'a', [OWNER_VARIABLE]: value } })
  const children = [start(owner), start(`${owner}0`)]
  const found = systemProcessTable.ownedBy(owner)
  assert.equal(
    found.map(({ pid }) => pid),
    [children[0]?.pid],
  )
  for (const entry of found) {
    systemProcessTable.signal({ ...entry, startTime: entry.startTime + 1 }, 'SIGKILL')
    assert.is(systemProcessTable.find(entry.pid)?.ended, false)
    systemProcessTable.signal(entry, 'SIGTERM')
  }
  assert.equal(await children[0]?.exited, { signal: 'SIGTERM' })
  children[1]?.kill('SIGKILL')
  await children[1]?.exited
})

test.run()
