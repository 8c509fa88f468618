import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { comparePlans, type Difference } from '../../../lib/interface/compare-plans.js'
import type { KernelCommand } from '../../../lib/kernel/messages.js'
import { ethernet } from '../../../lib/technology/ethernet/index.js'
import { makePlan, type Plan, type Service, type Step } from '../../../lib/technology/plan.js'

const context = {
  tmpDir: '/run/x',
  udhcpcHandlerPath: '/lib/handler',
  handlersPath: '/lib/handlers',
  hostname: 'box',
  regulatoryDomain: '00',
}
const eth = (config: object): Plan =>
  ethernet.plan('eth0', ethernet.normalize({ type: 'ethernet', ...config }), context)
const STATIC = { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' }
const fixed = (ipv4: object = {}, rest: object = {}): Plan => eth({ ipv4: { ...STATIC, ...ipv4 }, ...rest })
const dhcp = (ipv4: object = {}, rest: object = {}): Plan => eth({ ipv4: { method: 'dhcp', ...ipv4 }, ...rest })
const probe = (parts: Partial<Plan>): Plan => makePlan({ ifname: 'eth0', type: 'probe', source: {}, ...parts })

const kernel = (command: KernelCommand): Step => ({ type: 'kernel', command })
const run = (program: string, ...args: string[]): Step => ({ type: 'run', program, args })
const call = (name: string, args: string | null = null, replaces?: string): Step => ({
  type: 'call',
  name,
  args,
  ...(replaces === undefined ? {} : { replaces }),
  run: async () => undefined,
})
const daemon = (name: string, ...args: string[]): Service => ({ type: 'daemon', name, program: name, args })
const part = (name: string, args: string | null = null): Service => ({
  type: 'part',
  name,
  args,
  start: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
})
const file = (path: string, content = '') => ({ path, content, mode: 0o600, secret: false })
const link = (up: boolean): Step => kernel({ type: 'setLink', ifname: 'eth0', up })

/** A step in a few words. */
function text(step: Step): string {
  switch (step.type) {
    case 'kernel': {
      const { type, ...rest } = step.command
      return 'prefixLength' in rest ? `${type} ${rest.address}/${rest.prefixLength}` : type
    }
    case 'run':
      return [step.program, ...step.args].join(' ')
    case 'call':
      return step.name
  }
}

/** What a difference does, without what it does not. */
function differenceOf(old: Plan, next: Plan): object {
  const result = comparePlans(old, next)
  if (result.type === 'teardown') return { teardown: result.reason }
  const { type: _, ...difference } = result
  const shown = {
    stop: difference.stop.map(({ name }) => name),
    undoFirst: difference.undoFirst.map(text),
    restore: difference.restore,
    remove: difference.remove,
    write: difference.write.map(({ path }) => path),
    steps: difference.steps.map(text),
    undoLast: difference.undoLast.map(text),
    start: difference.start.map(({ name }) => name),
  } satisfies Record<Exclude<keyof Difference, 'type'>, readonly string[]>
  return Object.fromEntries(Object.entries(shown).filter(([, list]) => list.length > 0))
}

const teardown = (old: Plan, next: Plan, reason: RegExp): void => {
  assert.match((differenceOf(old, next) as { teardown?: string }).teardown ?? 'a difference', reason)
}

test('equal plans have no difference', () => {
  assert.equal(differenceOf(fixed(), fixed()), {})
  assert.equal(differenceOf(dhcp(), dhcp()), {})
})

test('a name server costs one step', () => {
  assert.equal(differenceOf(fixed(), fixed({ nameServers: ['192.0.2.1'] })), { steps: ['setNameServers'] })
  assert.equal(differenceOf(fixed({ nameServers: ['192.0.2.1'] }), fixed()), { steps: ['clearNameServers'] })
})

test('metric, gateway and routes cost one step', () => {
  const change = { steps: ['setRoutes'] }
  assert.equal(differenceOf(fixed(), fixed({}, { metric: 7 })), change)
  assert.equal(differenceOf(fixed(), fixed({ gateway: '192.0.2.9' })), change)
  assert.equal(differenceOf(fixed(), fixed({ routes: [{ to: '203.0.113.0/24' }] })), change)
})

test('a further address is added, or goes when the routes are without it', () => {
  const more = fixed({ addresses: [{ address: '192.0.2.3', prefixLength: 24 }] })
  assert.equal(differenceOf(fixed(), more), { steps: ['replaceAddress 192.0.2.3/24', 'setRoutes'] })
  assert.equal(differenceOf(more, fixed()), { steps: ['setRoutes'], undoLast: ['deleteAddress 192.0.2.3/24'] })
})

test('the new address stands, and is routed by, before the old one goes', () => {
  assert.equal(differenceOf(fixed(), fixed({ address: '192.0.2.5' })), {
    steps: ['replaceAddress 192.0.2.5/24', 'setRoutes'],
    undoLast: ['deleteAddress 192.0.2.2/24'],
  })
})

test('another prefix length of an IPv4 address is another address', () => {
  assert.equal(differenceOf(fixed(), fixed({ prefixLength: 25 })), {
    steps: ['replaceAddress 192.0.2.2/25', 'setRoutes'],
    undoLast: ['deleteAddress 192.0.2.2/24'],
  })
})

test('an IPv6 address stands once: another prefix length of it costs a teardown', () => {
  const with6 = (prefixLength: number): Plan => {
    const six = { ifname: 'eth0', address: '2001:db8::1', prefixLength }
    return probe({
      up: [kernel({ type: 'addAddress', ...six })],
      down: [kernel({ type: 'deleteAddress', ...six })],
    })
  }
  teardown(with6(64), with6(80), /2001:db8::1/)
})

test('addresses in another order are the same addresses', () => {
  const [one, other] = ['192.0.2.2', '192.0.2.3'].map((address, index, all) =>
    fixed({ address, addresses: [{ address: all[1 - index], prefixLength: 24 }] }),
  )
  assert.equal(one && other && differenceOf(one, other), { steps: ['setRoutes'] })
})

test('the MTU is written in place, and put back when nobody sets it any more', () => {
  assert.equal(differenceOf(fixed(), fixed({}, { mtu: 1400 })), { steps: ['setLink'] })
  assert.equal(differenceOf(fixed({}, { mtu: 1300 }), fixed({}, { mtu: 1400 })), { steps: ['setLink'] })
  assert.equal(differenceOf(fixed({}, { mtu: 1400 }), fixed()), { restore: ['mtu eth0'] })
})

test('IPv6 is turned off and on in place', () => {
  const off = fixed({}, { ipv6: { method: 'disabled' } })
  assert.equal(differenceOf(fixed(), off), { steps: ['setSysctl'] })
  assert.equal(differenceOf(off, fixed()), { restore: ['sysctl ipv6/conf/eth0/disable_ipv6'] })
})

test('a MAC address costs a teardown', () => {
  const mac = (last: number): Plan => fixed({}, { macAddress: `02:00:00:00:00:0${last}` })
  teardown(mac(1), mac(2), /setLink changes/)
  teardown(fixed(), mac(2), /setLink changes/)
  teardown(mac(1), fixed(), /setLink changes/)
})

test('DHCP options to request, client identifier and host name restart udhcpc alone', () => {
  const restart = { stop: ['udhcpc'], start: ['udhcpc'] }
  assert.equal(differenceOf(dhcp(), dhcp({ dhcpRequestOptions: ['wpad'] })), restart)
  assert.equal(differenceOf(dhcp(), dhcp({ clientId: '01:02' })), restart)
  assert.equal(differenceOf(dhcp(), dhcp({}, { hostname: 'other' })), restart)
})

test('what only says how a lease is used restarts nothing', () => {
  for (const next of [dhcp({ ignoreDns: true }), dhcp({ ignoreGateway: true }), dhcp({}, { metric: 3 })]) {
    assert.equal(differenceOf(dhcp(), next), {})
  }
})

test('from static to DHCP and back the link stays up', () => {
  assert.equal(differenceOf(fixed({ nameServers: ['192.0.2.1'] }), dhcp()), {
    undoLast: ['clearRoutes', 'clearNameServers', 'deleteAddress 192.0.2.2/24'],
    start: ['udhcpc'],
  })
  assert.equal(differenceOf(dhcp(), fixed()), {
    stop: ['udhcpc'],
    steps: ['replaceAddress 192.0.2.2/24', 'setRoutes', 'clearNameServers'],
  })
})

test('from static to disabled only what is static goes', () => {
  assert.equal(differenceOf(fixed(), eth({ ipv4: { method: 'disabled' } })), {
    undoLast: ['clearRoutes', 'clearNameServers', 'deleteAddress 192.0.2.2/24'],
  })
})

test('plan and configuration can ask for a teardown, the old one and the new one', () => {
  const asking = fixed({ nameServers: ['192.0.2.1'] }, { teardownOnChange: true })
  teardown(fixed(), asking, /asks for it/)
  teardown(asking, fixed(), /asks for it/)
  const plain = probe({ up: [link(true)] })
  teardown({ ...plain, onChange: 'teardown' }, plain, /asks for it/)
})

test('another type, other required links and another restart strategy cost a teardown', () => {
  const plan = probe({ up: [link(true)] })
  teardown(plan, { ...plan, type: 'other' }, /type changes from probe to other/)
  teardown(plan, { ...plan, ifname: 'eth1' }, /another interface/)
  teardown(plan, { ...plan, requires: ['eth0', 'usb0'] }, /other links/)
  const two = { ...plan, services: [daemon('a'), daemon('b')] }
  teardown(two, { ...two, restart: 'one-for-one' }, /restart strategy/)
  assert.equal(
    differenceOf({ ...plan, requires: ['eth0', 'usb0'] }, { ...plan, requires: ['usb0', 'eth0'] }),
    {},
    'the order of the required links means nothing',
  )
})

test('where nothing stands there is nothing to keep', () => {
  teardown(probe({}), probe({ up: [link(true)] }), /nothing/)
})

test('steps of third parties compare by value: programs by arguments, calls by name and args', () => {
  const plan = (): Plan => probe({ up: [run('a', '1'), call('b', 'x'), link(true)], down: [run('c')] })
  assert.equal(differenceOf(plan(), plan()), {})
})

test('a changed step that is known by its place only costs a teardown', () => {
  const plan = (...up: Step[]): Plan => probe({ up, down: [run('stop')] })
  teardown(plan(run('a', '1')), plan(run('a', '2')), /step a changes/)
  teardown(plan(call('b', 'x')), plan(call('b', 'y')), /step b changes/)
  teardown(plan(run('a'), run('b')), plan(run('b'), run('a')), /changes/)
  teardown(plan(run('a'), run('b')), plan(run('b')), /changes/)
})

test('another way of undoing costs a teardown: the old one is owed', () => {
  teardown(probe({ up: [run('a')], down: [run('b')] }), probe({ up: [run('a')], down: [run('c')] }), /undoes/)
  teardown(probe({ up: [run('a')], down: [run('b')] }), probe({ up: [run('a')] }), /undoes/)
})

test('steps are added at the end and taken away from there, with their undoing', () => {
  const short = probe({ up: [run('a')], down: [run('A')] })
  const long = probe({ up: [run('a'), run('b')], down: [run('B'), run('A')] })
  assert.equal(differenceOf(short, long), { steps: ['b'] })
  assert.equal(differenceOf(long, short), { undoFirst: ['B'] })
  assert.equal(differenceOf(short, { ...long, down: short.down }), { steps: ['b'] }, 'a step may need no undoing')
  teardown({ ...long, down: short.down }, short, /step b changes/)
})

test('a step that says what it replaces is run again by itself', () => {
  const plan = (args: string): Plan =>
    probe({ up: [run('a'), call('mode', args, 'mode'), run('b')], down: [call('reset', null, 'mode'), run('c')] })
  const without = probe({ up: [run('a'), run('b')], down: [run('c')] })
  assert.equal(differenceOf(plan('x'), plan('y')), { steps: ['mode'] })
  assert.equal(differenceOf(plan('x'), without), { undoLast: ['reset'] })
  assert.equal(differenceOf(without, plan('x')), { steps: ['mode'] })
})

test('what is set, and nothing can take back, costs a teardown when it goes', () => {
  const set = probe({ up: [run('a'), call('mode', 'x', 'mode')] })
  teardown(set, probe({ up: [run('a')] }), /mode goes/)
  const address = { type: 'addAddress', ifname: 'eth0', address: '192.0.2.7', prefixLength: 24 } as const
  teardown(probe({ up: [run('a'), kernel(address)] }), probe({ up: [run('a')] }), /192\.0\.2\.7\/24 goes/)
})

test('an address with other attributes costs a teardown: the kernel keeps the old ones', () => {
  const plan = (label: string): Plan => {
    const address = { ifname: 'eth0', address: '192.0.2.7', prefixLength: 24 } as const
    return probe({
      up: [kernel({ type: 'replaceAddress', ...address, label })],
      down: [kernel({ type: 'deleteAddress', ...address })],
    })
  }
  teardown(plan('eth0'), plan('eth0:1'), /192\.0\.2\.7\/24 changes/)
})

test('kernel routes and rules of a plan change one by one', () => {
  const route = (gateway: string, metric: number): KernelCommand => ({
    type: 'replaceRoute',
    family: 4,
    destination: '203.0.113.0/24',
    gateway,
    metric,
  })
  const undo = (metric: number): KernelCommand => ({
    type: 'deleteRoute',
    family: 4,
    destination: '203.0.113.0/24',
    metric,
  })
  const plan = (gateway: string, metric: number): Plan =>
    probe({ up: [link(true), kernel(route(gateway, metric))], down: [kernel(undo(metric)), link(false)] })
  assert.equal(differenceOf(plan('192.0.2.1', 5), plan('192.0.2.9', 5)), { steps: ['replaceRoute'] })
  assert.equal(differenceOf(plan('192.0.2.1', 5), plan('192.0.2.1', 6)), {
    steps: ['replaceRoute'],
    undoLast: ['deleteRoute'],
  })
  const rule = { family: 4, priority: 7, table: 9 } as const
  const ruled = probe({
    up: [link(true), kernel({ type: 'addRule', ...rule })],
    down: [kernel({ type: 'deleteRule', ...rule }), link(false)],
  })
  assert.equal(differenceOf(ruled, probe({ up: [link(true)], down: [link(false)] })), { undoLast: ['deleteRule'] })
})

test('files that are equal stay, others are written or removed', () => {
  const old = probe({ up: [link(true)], files: [file('/a'), file('/b', 'old'), file('/c')] })
  const next = probe({ up: [link(true)], files: [file('/a'), file('/b', 'new'), file('/d')] })
  assert.equal(differenceOf(old, next), { remove: ['/c'], write: ['/b', '/d'] })
})

test('files to clean up that only one plan names are removed', () => {
  const plan = (...cleanup: string[]): Plan => probe({ up: [link(true)], cleanup, files: [file('/f')] })
  assert.equal(differenceOf(plan('/a', '/b', '/f'), plan('/b', '/c')), { remove: ['/a', '/c'] })
})

test('a changed file restarts the services that name it, and no others', () => {
  const plan = (content: string): Plan =>
    probe({
      files: [file('/run/a.conf', content)],
      services: [daemon('a', '-c', '/run/a.conf'), daemon('b'), part('c', '/run/a.conf')],
      restart: 'one-for-one',
    })
  assert.equal(differenceOf(plan('1'), plan('2')), { stop: ['a', 'c'], write: ['/run/a.conf'], start: ['a', 'c'] })
})

test('a changed file that nobody names restarts every service', () => {
  const plan = (content: string): Plan =>
    probe({ files: [file('/x', content)], services: [daemon('a'), daemon('b')], restart: 'one-for-one' })
  assert.equal(differenceOf(plan('1'), plan('2')), { stop: ['a', 'b'], write: ['/x'], start: ['a', 'b'] })
})

test('a changed file that a program may have read costs a teardown', () => {
  const plan = (content: string, ...up: Step[]): Plan => probe({ files: [file('/x', content)], up })
  teardown(plan('1', run('load', '/x')), plan('2', run('load', '/x')), /file \/x/)
  teardown(plan('1', run('load')), plan('2', run('load')), /file \/x/)
  const again = call('load', '/x', 'load')
  assert.equal(differenceOf(plan('1', again), plan('2', again)), { write: ['/x'], steps: ['load'] })
})

test('a DHCP server beside the client starts and ends alone', () => {
  const server = { dhcpd: { start: '192.0.2.20', end: '192.0.2.60' } }
  const changes = differenceOf(fixed(), fixed({}, server)) as { start?: string[]; stop?: string[]; teardown?: string }
  assert.equal([changes.start, changes.stop, changes.teardown], [['udhcpd'], undefined, undefined])
  const back = differenceOf(fixed({}, server), fixed()) as { start?: string[]; stop?: string[]; teardown?: string }
  assert.equal([back.start, back.stop, back.teardown], [undefined, ['udhcpd'], undefined])
})

test('the restart strategy says what a changed service takes along', () => {
  const plan = (restart: Plan['restart'], ...b: string[]): Plan =>
    probe({ restart, services: [daemon('a'), daemon('b', ...b), part('c')] })
  const change = (restart: Plan['restart']): object => differenceOf(plan(restart), plan(restart, '-v'))
  assert.equal(change('one-for-one'), { stop: ['b'], start: ['b'] })
  assert.equal(change('rest-for-one'), { stop: ['b', 'c'], start: ['b', 'c'] })
  assert.equal(change('one-for-all'), { stop: ['a', 'b', 'c'], start: ['a', 'b', 'c'] })
})

test('a service is added and taken away alone where the strategy allows it', () => {
  const plan = (restart: Plan['restart'], ...names: string[]): Plan =>
    probe({ restart, services: names.map((name) => daemon(name)) })
  assert.equal(differenceOf(plan('one-for-one', 'a'), plan('one-for-one', 'b', 'a')), { start: ['b'] })
  assert.equal(differenceOf(plan('one-for-one', 'a', 'b'), plan('one-for-one', 'b')), { stop: ['a'] })
  assert.equal(differenceOf(plan('rest-for-one', 'a'), plan('rest-for-one', 'a', 'b')), { start: ['b'] })
  assert.equal(differenceOf(plan('one-for-all', 'a'), plan('one-for-all', 'a', 'b')), {
    stop: ['a'],
    start: ['a', 'b'],
  })
})

test('two services of one name are two', () => {
  const plan = (...names: string[]): Plan =>
    probe({ restart: 'one-for-one', services: names.map((name) => daemon(name)) })
  assert.equal(differenceOf(plan('a', 'a'), plan('a')), { stop: ['a'] })
})

test('the judge of the connection is a service like any other', () => {
  const plan = (judge: Service): Plan => probe({ restart: 'one-for-one', services: [daemon('a')], connectivity: judge })
  assert.equal(differenceOf(plan(part('judge', 'x')), plan(part('judge', 'y'))), { stop: ['judge'], start: ['judge'] })
})

test('limits and delays change nothing that stands', () => {
  const plan = probe({ up: [link(true)] })
  assert.equal(differenceOf(plan, { ...plan, retryDelayMs: 5, upLimitMs: 1, downLimitMs: 1, source: { n: 2 } }), {})
})

test('attributes of a kind are set anew in place, by groups; a group that goes costs everything', () => {
  const plan = (...attributes: object[]): Plan =>
    probe({
      up: [
        kernel({ type: 'addLink', ifname: 'br0', kind: 'bridge' }),
        ...attributes.map((bridge) => kernel({ type: 'setLink', ifname: 'br0', bridge })),
      ],
      down: [kernel({ type: 'deleteLink', ifname: 'br0' })],
    })
  const changed = comparePlans(
    plan({ stp: true, priority: 1 }, { vlanFiltering: true }),
    plan({ stp: false }, { vlanFiltering: true }),
  )
  assert.equal(changed.type === 'difference' && changed.steps, [
    kernel({ type: 'setLink', ifname: 'br0', bridge: { stp: false } }),
  ])
  assert.is(comparePlans(plan({ stp: true }, { vlanFiltering: true }), plan({ stp: true })).type, 'teardown')
})

test.run()
