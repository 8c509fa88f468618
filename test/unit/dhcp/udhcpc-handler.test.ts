import { stat } from 'node:fs/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DhcpEventDecoder } from '../../../lib/dhcp/event-decoder.js'
import { udhcpcHandlerPath } from '../../../lib/dhcp/handler-path.js'
import {
  dispatchUdhcpcEvent,
  leaseAfter,
  overrideUdhcpcHandler,
  toUdhcpcReport,
  type UdhcpcEvent,
  type UdhcpcEventName,
  type UdhcpcHandler,
} from '../../../lib/dhcp/udhcpc-handler.js'
import { spawnProcess } from '../../../lib/supervision/spawn.js'

const NAMES: readonly UdhcpcEventName[] = ['deconfig', 'leasefail', 'nak', 'bound', 'renew']
const event: UdhcpcEvent = { ifname: 'eth0', options: { ip: '192.0.2.7' } }

function recording(log: string[], who: string): UdhcpcHandler {
  const note =
    (name: string) =>
    ({ ifname }: UdhcpcEvent) =>
      void log.push(`${who} ${name} ${ifname}`)
  return {
    deconfig: note('deconfig'),
    leasefail: note('leasefail'),
    nak: note('nak'),
    bound: note('bound'),
    renew: note('renew'),
  }
}

function errorLog() {
  const errors: string[] = []
  const nothing = () => undefined
  return {
    errors,
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (_: object, text: string) => void errors.push(text),
  }
}

test('each event calls its method', async () => {
  const log: string[] = []
  for (const name of NAMES) await dispatchUdhcpcEvent(recording(log, 'own'), { name, event }, errorLog())
  assert.equal(
    log,
    NAMES.map((name) => `own ${name} eth0`),
  )
})

test('a handler that throws or rejects is logged and nothing more', async () => {
  const logger = errorLog()
  const handler = recording([], 'own')
  handler.bound = () => {
    throw new Error('broke')
  }
  handler.renew = () => Promise.reject(new Error('broke later'))
  await dispatchUdhcpcEvent(handler, { name: 'bound', event }, logger)
  await dispatchUdhcpcEvent(handler, { name: 'renew', event }, logger)
  assert.equal(logger.errors, ['the DHCP event handler threw', 'the DHCP event handler threw'])
})

test('a handler that hangs delays no other interface', async () => {
  const log: string[] = []
  const handler = recording(log, 'own')
  const bound = handler.bound
  handler.bound = (given) => (given.ifname === 'eth0' ? new Promise(() => undefined) : bound(given))
  void dispatchUdhcpcEvent(handler, { name: 'bound', event }, errorLog())
  await dispatchUdhcpcEvent(handler, { name: 'bound', event: { ...event, ifname: 'eth1' } }, errorLog())
  assert.equal(log, ['own bound eth1'])
})

test('a given handler replaces the built-in one method by method', async () => {
  const log: string[] = []
  const given = {
    prefix: 'given',
    bound({ ifname }: UdhcpcEvent) {
      log.push(`${this.prefix} bound ${ifname}`)
    },
  }
  const handler = overrideUdhcpcHandler(recording(log, 'own'), given)
  for (const name of ['bound', 'renew'] as const) await dispatchUdhcpcEvent(handler, { name, event }, errorLog())
  assert.equal(log, ['given bound eth0', 'own renew eth0'])
})

test('L2: only bound and renew leave a lease', () => {
  const left = NAMES.map((name) => leaseAfter({ name, event }))
  assert.equal(left, [undefined, undefined, undefined, event.options, event.options])
})

for (const [shell, args] of [
  ['the system shell', []],
  ['busybox', ['/bin/busybox', 'sh']],
] as const) {
  test(`the event script writes what the decoder reads, run by ${shell}`, async () => {
    const [program = udhcpcHandlerPath(), ...before] = [...args, ...(args.length > 0 ? [udhcpcHandlerPath()] : [])]
    const env = { PATH: '/usr/bin:/bin', interface: 'eth0', message: 'two\nlines\\0 %s', ip: '192.0.2.7' }
    const child = spawnProcess({ program, args: [...before, 'bound'], env })
    const decoder = new DhcpEventDecoder((reason) => assert.unreachable(reason))
    const events = []
    for await (const chunk of child.stdout) events.push(...decoder.push(chunk))
    assert.equal(await child.exited, { exitCode: 0 })
    assert.is(events.length, 1)
    assert.equal(events[0]?.args, ['bound'])
    for (const [key, value] of Object.entries(env)) assert.is(events[0]?.environment.get(key), value)
  })
}

async function scriptEvent(args: readonly string[], env: Record<string, string>) {
  const child = spawnProcess({ program: udhcpcHandlerPath(), args, env: { PATH: '/usr/bin:/bin', ...env } })
  const decoder = new DhcpEventDecoder((reason) => assert.unreachable(reason))
  const events = []
  for await (const chunk of child.stdout) events.push(...decoder.push(chunk))
  assert.is(events.length, 1)
  return events[0]
}

test('L5: the event script reports all its arguments, in order', async () => {
  const args = ['hello', 'from', 'a', 'c', 'program']
  assert.equal((await scriptEvent(args, {}))?.args, args)
})

test('L6: the event script reports its environment without any argument', async () => {
  const event = await scriptEvent([], { TEST_ENV_VAR: '42' })
  assert.equal(event?.args, [])
  assert.is(event?.environment.get('TEST_ENV_VAR'), '42')
})

test('an event with several arguments is none of udhcpc', () => {
  const environment = new Map([['interface', 'eth0']])
  assert.is(toUdhcpcReport({ args: ['bound', 'renew'], environment }), undefined)
  assert.is(toUdhcpcReport({ args: [], environment }), undefined)
  assert.is(toUdhcpcReport({ args: ['bound'], environment })?.name, 'bound')
})

test('the event script may be executed by everyone', async () => {
  assert.is((await stat(udhcpcHandlerPath())).mode & 0o111, 0o111)
})

test.run()
