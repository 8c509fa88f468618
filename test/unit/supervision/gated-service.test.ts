import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GatedService } from '../../../lib/supervision/gated-service.js'
import type { Service } from '../../../lib/supervision/service-group.js'

const { signal } = new AbortController()

function world(open: boolean) {
  const log: string[] = []
  const inner: Service & { end: (reason: string) => void; failing: boolean } = {
    name: 'udhcpc',
    failing: false,
    end: () => undefined,
    async start(onEnd) {
      log.push('+')
      if (inner.failing) throw new Error('cannot')
      inner.end = onEnd
    },
    async stop() {
      log.push('-')
    },
  }
  const ends: string[] = []
  const gate = new GatedService(inner, open)
  return { inner, gate, log, ends, start: () => gate.start((reason) => ends.push(reason), signal) }
}

test('runs while the gate is open', async () => {
  const { gate, log, start } = world(false)
  await start()
  assert.equal(log, [])
  await gate.setOpen(true)
  assert.equal(log, ['+'])
  await gate.setOpen(true)
  await gate.setOpen(false)
  await gate.setOpen(false)
  assert.equal(log, ['+', '-'])
  await gate.setOpen(true)
  await gate.stop()
  assert.equal(log, ['+', '-', '+', '-'])
})

test('a gate that opens before the start or after the stop starts nothing', async () => {
  const { gate, log, start } = world(false)
  await gate.setOpen(true)
  assert.equal(log, [])
  await start()
  await gate.stop()
  await gate.setOpen(false)
  await gate.setOpen(true)
  assert.equal(log, ['+', '-'])
})

test('a blink of the gate restarts the service', async () => {
  const { gate, log, start } = world(true)
  await start()
  await Promise.all([gate.setOpen(false), gate.setOpen(true)])
  assert.equal(log, ['+', '-', '+'])
})

test('a gate that closes at once again starts nothing', async () => {
  const { gate, log, start } = world(false)
  await start()
  await Promise.all([gate.setOpen(true), gate.setOpen(false)])
  assert.equal(log, [])
})

test('an end is told once, and the gate starts nothing before the group does', async () => {
  const { inner, gate, log, ends, start } = world(true)
  await start()
  inner.end('broke')
  inner.end('broke')
  assert.equal(ends, ['broke'])
  await gate.setOpen(false)
  await gate.setOpen(true)
  await gate.stop()
  assert.equal(log, ['+', '-'])
  await start()
  assert.equal(log, ['+', '-', '+'])
  await gate.stop()
})

test('a service that cannot start behind an opening gate has ended', async () => {
  const { inner, gate, ends, start } = world(false)
  await start()
  inner.failing = true
  await gate.setOpen(true)
  assert.equal(ends, ['cannot'])
  await gate.stop()
})

test.run()
