import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LineSplitter, readLines } from '../../../lib/supervision/lines.js'

const bytes = (text: string) => new TextEncoder().encode(text)

test('splits at newlines, whatever the chunks are', () => {
  const splitter = new LineSplitter()
  assert.equal(splitter.push(bytes('one\ntw')), ['one'])
  assert.equal(splitter.push(bytes('o\r\n\n\nthree')), ['two'])
  assert.equal(splitter.end(), ['three'])
  assert.equal(splitter.end(), [])
})

test('joins a character that two chunks share', () => {
  const splitter = new LineSplitter()
  const text = bytes('é\n')
  assert.equal(splitter.push(text.subarray(0, 1)), [])
  assert.equal(splitter.push(text.subarray(1)), ['é'])
})

test('cuts lines that do not end', () => {
  const splitter = new LineSplitter()
  const lines = Array.from({ length: 10 }, () => splitter.push(bytes('x'.repeat(3_000)))).flat()
  assert.ok(lines.length > 0)
  assert.ok(lines.every((line) => line.length === 4_096))
})

test('a stream that breaks off ends', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes('half a li')
    throw new Error('EPIPE')
  }
  const lines: string[] = []
  await readLines(broken(), (line) => lines.push(line))
  assert.equal(lines, ['half a li'])
})

test.run()
