import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../../lib/base/logger.js'
import { DhcpEventDecoder } from '../../../../lib/dhcp/event-decoder.js'
import { endOfPppd, readPppEvent, tellingLine } from '../../../../lib/technology/mobile/ppp/events.js'
import { pppReader } from '../../../../lib/technology/mobile/ppp/reader.js'
import type { StepContext } from '../../../../lib/technology/plan.js'
import { daemonEvent } from '../../../../lib/testing/scripted-daemon.js'

const ARGS = ['/dev/ttyUSB3', '9600', '10.64.0.9', '10.64.64.64']
const UP = { IFNAME: 'ppp0', IPLOCAL: '10.64.0.9', IPREMOTE: '10.64.64.64', DNS1: '1.1.1.1', DNS2: '1.0.0.1' }

function read(script: string, environment: Record<string, string>, settings = {}) {
  const [raw] = new DhcpEventDecoder().push(daemonEvent([script, 'ppp0', ...ARGS], environment))
  if (raw === undefined) throw new Error('no event')
  return readPppEvent(raw, 'ppp0', settings)
}

test('E12: what pppd tells is an address, a gateway and name servers, as many as there are', () => {
  assert.equal(read('ip-up', UP), {
    type: 'up',
    routes: { addresses: [{ address: '10.64.0.9', prefixLength: 32 }], gateway: '10.64.64.64' },
    nameServers: { nameServers: ['1.1.1.1', '1.0.0.1'] },
  })
  const { DNS2: _one, ...one } = UP
  const { DNS1: _two, ...none } = one
  const servers = (environment: Record<string, string>, settings = {}) => {
    const event = read('ip-up', environment, settings)
    return event?.type === 'up' ? event.nameServers.nameServers : undefined
  }
  assert.equal(servers(one), ['1.1.1.1'])
  assert.equal(servers(none), [])
  assert.equal(servers({ ...UP, DNS1: '0.0.0.0', DNS2: 'x' }), [])
  assert.equal(servers({ ...UP, DNS2: '1.1.1.1' }), ['1.1.1.1'])
  assert.equal(servers(UP, { ignoreDns: true }), [])
  const { IPREMOTE: _remote, ...alone } = UP
  assert.equal(read('ip-up', alone, { metric: 7 }), {
    type: 'up',
    routes: { addresses: [{ address: '10.64.0.9', prefixLength: 32 }], metric: 7 },
    nameServers: { nameServers: ['1.1.1.1', '1.0.0.1'] },
  })
  assert.equal(read('ip-down', UP), { type: 'down' })
})

test('E12: what is of another interface, unknown or without an address means nothing', () => {
  assert.is(read('ip-up', { ...UP, IFNAME: 'ppp1' }), undefined)
  assert.is(read('ipv6-up', UP), undefined)
  assert.is(read('ip-up', {}), undefined)
  assert.is(read('ip-up', { IPLOCAL: 'fe80::1' }), undefined)
})

test('E12: routes and name servers come with ip-up, and go with ip-down and with the end of pppd', () => {
  const journal: string[] = []
  const note =
    (name: string) =>
    (value?: unknown): void =>
      void journal.push(value === undefined ? name : `${name} ${JSON.stringify(value)}`)
  const context = {
    ifname: 'ppp0',
    logger: silentLogger,
    setRoutes: note('routes'),
    clearRoutes: note('no routes'),
    setNameServers: note('servers'),
    clearNameServers: note('no servers'),
  } as unknown as StepContext
  const reader = pppReader({ metric: 3 })
  const run = reader.open(reader.args, context)
  const bytes = daemonEvent(['ip-up', 'ppp0', ...ARGS], UP)
  run.events?.(bytes.subarray(0, 20))
  assert.equal(journal, [])
  run.events?.(bytes.subarray(20))
  run.events?.(daemonEvent(['ip-down', 'ppp0', ...ARGS], UP))
  run.ended()
  assert.equal(journal, [
    'routes {"addresses":[{"address":"10.64.0.9","prefixLength":32}],"gateway":"10.64.64.64","metric":3}',
    'servers {"nameServers":["1.1.1.1","1.0.0.1"]}',
    'no routes',
    'no servers',
    'no routes',
    'no servers',
  ])
})

test('E23: why pppd ended, in words: by its status, or by what it said before', () => {
  assert.is(endOfPppd(19, undefined), 'the network refused the user name or password')
  assert.is(endOfPppd(7, undefined), 'the serial port cannot be opened')
  assert.is(endOfPppd(77, undefined), undefined)
  assert.is(endOfPppd(undefined, undefined), undefined)
  // As pppd 2.4.9 says it; the status that follows is 16.
  const told = tellingLine('No response to 3 echo-requests')
  assert.is(endOfPppd(16, told), 'the network has stopped answering')
  assert.is(endOfPppd(8, tellingLine('Failed (NO CARRIER)')), 'the modem answered NO CARRIER')
  assert.is(tellingLine('Serial connection established.'), undefined)
})

test.run()
