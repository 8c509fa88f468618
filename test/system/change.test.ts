/** What a change of a configuration costs whoever talks through the interface, as a second kernel of the lab sees it. */

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { InterfaceConfig } from '../../lib/index.js'
import type { Kernel, KernelChange } from '../../lib/kernel/kernel.js'
import { MAIN_TABLE, type Route } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import type { VintageNet } from '../../lib/vintage-net.js'
import { eventually } from '../support/eventually.js'
import { inNamespace, mustRun } from '../support/lab/command.js'
import { Daemon } from '../support/lab/daemon.js'
import { INTERNET_HOSTS, type Uplink } from '../support/lab.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const FLOW = fileURLToPath(new URL('../support/lab/udp-flow.mjs', import.meta.url))
const TALKER = fileURLToPath(new URL('../support/lab/talker.mjs', import.meta.url))
const [HOST = ''] = INTERNET_HOSTS
const PORT = '9999'
const PACKETS_PER_MS = 1
/** A lease takes some 0.3 s; less than the 3 s after which udhcpc asks again what nobody heard. */
const MAX_GAP_MS = 2_000

const IPV4 = {
  method: 'static' as const,
  address: '192.0.2.2',
  prefixLength: 24,
  gateway: '192.0.2.1',
  nameServers: ['203.0.113.1'],
}
const STATIC = { type: 'ethernet' as const, ipv4: IPV4 }
const IN_PLACE = ['configuring', 'configured']
/** Above what the changes of a test take. */
const FLOW_SECONDS = 4
const STATE = ['interface', 'eth0', 'state']
const CONNECTION = ['interface', 'eth0', 'connection']

type ChangeOf<Type extends KernelChange['type']> = Extract<KernelChange, { readonly type: Type }>

const isWayOut = ({ family, table, destination }: Route): boolean =>
  family === 4 && table === MAIN_TABLE && destination === 'default'

/** Sees in the kernel what the instance does, through a socket of its own. */
class Witness implements AsyncDisposable {
  readonly #kernel: Kernel
  readonly #changes: KernelChange[] = []
  /** Default routes in the beginning. */
  readonly #ways: readonly Route[]

  static async of(scene: SystemScene): Promise<Witness> {
    const kernel = await openKernel({ netns: scene.lab.namespace })
    await kernel.settled()
    return new Witness(kernel)
  }

  private constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#ways = kernel.mirror.routes({ table: MAIN_TABLE }).filter(isWayOut)
    kernel.subscribe((changes) => this.#changes.push(...changes))
  }

  /** What it has seen of that type until now, from the beginning. */
  async seen<Type extends KernelChange['type']>(...types: readonly Type[]): Promise<ChangeOf<Type>[]> {
    // The answer comes behind all that was told before the question.
    await this.#kernel.links()
    assert.not.ok(this.#changes.some(({ type }) => type === 'overrun'))
    return this.#changes.filter((change): change is ChangeOf<Type> => types.some((type) => type === change.type))
  }

  /** Each time without a default route, in milliseconds. */
  async gapsMs(): Promise<number[]> {
    const keyOf = ({ metric, gateway, source }: Route): string => `${metric} ${gateway} ${source}`
    const ways = new Set(this.#ways.map(keyOf))
    assert.ok(ways.size > 0, 'there is a default route in the beginning')
    const gaps: number[] = []
    let sinceMs: number | undefined
    for (const change of await this.seen('route', 'routeGone')) {
      if (!isWayOut(change)) continue
      if (change.type === 'route') ways.add(keyOf(change))
      else ways.delete(keyOf(change))
      if (ways.size === 0) sinceMs ??= change.atMs
      else if (sinceMs !== undefined) {
        gaps.push(change.atMs - sinceMs)
        sinceMs = undefined
      }
    }
    assert.is(sinceMs, undefined, 'there is a default route in the end')
    return gaps
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kernel.close()
  }
}

const soon = <T>(what: string, ask: () => T | Promise<T>) => eventually(what, ask, DEADLINE)

async function play(scene: SystemScene, namespace: string, program: string, args: readonly string[]): Promise<Daemon> {
  return Daemon.start({
    title: `${args.join(' ')} in ${namespace}`,
    namespace,
    program: process.execPath,
    args: [program, ...args],
    ready: /^(ready|sending|talking)$/,
    onFailure: ({ message }) => void scene.logs.push({ level: 'error', details: {}, message }),
  })
}

/** Datagrams from the host to the Internet, a thousand a second, that end by themselves. */
class Flow implements AsyncDisposable {
  readonly #receiver: Daemon
  readonly #sender: Daemon
  readonly #routerNamespace: string

  /** Resolves when datagrams arrive. */
  static async through(scene: SystemScene, { routerNamespace }: Uplink, seconds: number): Promise<Flow> {
    const receiver = await play(scene, routerNamespace, FLOW, ['receive', HOST, PORT])
    const sender = await play(scene, scene.lab.name, FLOW, ['send', HOST, PORT, String(seconds)])
    const flow = new Flow(routerNamespace, receiver, sender)
    await soon('datagrams arrive', () => flow.#last(receiver, 'count') > 0)
    return flow
  }

  private constructor(routerNamespace: string, receiver: Daemon, sender: Daemon) {
    this.#routerNamespace = routerNamespace
    this.#receiver = receiver
    this.#sender = sender
  }

  get underWay(): boolean {
    return this.#last(this.#sender, 'sent') === 0
  }

  /** Waits for its end and resolves when no more than that many datagrams are lost. */
  async loses(atMost: number): Promise<void> {
    await this.#sender.waitForLog(/^sent /, DEADLINE)
    const sent = this.#last(this.#sender, 'sent')
    await soon(
      `no more than ${atMost} of ${sent} datagrams are lost`,
      async () => this.#last(this.#receiver, 'count') + (await this.#unread()) >= sent - atMost,
    )
  }

  /** What came while the receiver had no turn, and its buffer was full: the way is not to blame. */
  async #unread(): Promise<number> {
    const stdout = await mustRun(...inNamespace(this.#routerNamespace, 'cat', ['/proc/net/snmp']))
    const [names = [], values = []] = stdout
      .split('\n')
      .flatMap((line) => (/^Udp: /.test(line) ? [line.split(' ')] : []))
    return Number(values[names.indexOf('RcvbufErrors')])
  }

  /** The number in the last line of that kind. */
  #last(daemon: Daemon, kind: 'count' | 'sent'): number {
    return Number(
      daemon.log
        .filter((line) => line.startsWith(`${kind} `))
        .at(-1)
        ?.split(' ')[1] ?? 0,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sender.stop()
    await this.#receiver.stop()
  }
}

/** Carries a change out and resolves with the states that it went through. */
async function change(net: VintageNet, config: object): Promise<unknown[]> {
  const states: unknown[] = []
  const subscription = net.subscribe(STATE, ({ newValue }) => states.push(newValue))
  await net.configure('eth0', config)
  await soon('the change is carried out', () => states.at(-1) === 'configured')
  subscription.unsubscribe()
  return states
}

async function online(scene: SystemScene, config: InterfaceConfig): Promise<VintageNet> {
  const net = await scene.start({ config: { eth0: config }, persistence: 'none' })
  await net.until(CONNECTION, 'internet', DEADLINE)
  return net
}

async function connections(scene: SystemScene): Promise<string[]> {
  const sockets = await scene.lab.ss()
  return sockets.flatMap(({ state, local, peer }) => (state === 'ESTAB' && peer === `${HOST}:80` ? [local] : []))
}

test('name servers, a metric, an address and a route change while traffic runs, and cost it nothing', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  const net = await online(scene, STATIC)
  await using flow = await Flow.through(scene, uplink, FLOW_SECONDS)
  const talker = await play(scene, scene.lab.name, TALKER, [HOST, '80'])
  try {
    const before = await connections(scene)
    assert.is(before.length, 1)
    await using witness = await Witness.of(scene)

    const named = { ...STATIC, ipv4: { ...IPV4, nameServers: ['203.0.113.2'] } }
    assert.equal(await change(net, named), IN_PLACE)
    await soon('resolv.conf names the other server alone', async () => {
      const lines = (await readFile(scene.resolvConf, 'utf8')).match(/^nameserver .*$/gm)
      return lines?.join() === 'nameserver 203.0.113.2 # From eth0'
    })

    const metered = { ...named, metric: 42 }
    assert.equal(await change(net, metered), IN_PLACE)
    await soon('the route has the other metric alone', async () => {
      const ways = (await scene.routes('main')).filter(({ dst }) => dst === 'default')
      return ways.map(({ metric }) => metric).join() === '42'
    })

    const addresses = [{ address: '192.0.2.130', prefixLength: 25 }]
    const further = { ...metered, ipv4: { ...named.ipv4, addresses } }
    assert.equal(await change(net, further), IN_PLACE)
    assert.equal(
      (await scene.addresses('eth0')).map(({ local }) => local),
      ['192.0.2.2', '192.0.2.130'],
    )

    const routes = [{ to: '198.51.100.0/24', via: '192.0.2.1' }]
    assert.equal(await change(net, { ...further, ipv4: { ...further.ipv4, routes } }), IN_PLACE)
    await soon('the route stands', async () =>
      (await scene.routes('main')).some(({ dst, gateway }) => dst === '198.51.100.0/24' && gateway === '192.0.2.1'),
    )

    assert.ok(flow.underWay, 'all that was while datagrams were sent')
    await flow.loses(0)
    assert.equal(await connections(scene), before)
    assert.equal(await witness.seen('link', 'linkGone', 'addressGone'), [])
    assert.equal(await witness.gapsMs(), [])
    assert.is(net.get(CONNECTION), 'internet')
  } finally {
    await talker.stop()
  }
})

test('from static to DHCP and back there is a way out but for a moment, and the link stays', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0')
  const net = await online(scene, STATIC)
  await using flow = await Flow.through(scene, uplink, FLOW_SECONDS)
  await using witness = await Witness.of(scene)

  await change(net, { type: 'ethernet' })
  const leased = await soon('the address of the lease is there alone', async () => {
    const [address, ...others] = await scene.addresses('eth0')
    return others.length === 0 && address?.local !== IPV4.address && address?.local
  })
  const leases = await uplink.leases()
  assert.equal(
    leases.map(({ address }) => address),
    [leased],
  )
  await soon('there is a way out again', async () => (await scene.wayOut()) === 'eth0')
  await net.until(CONNECTION, 'internet', DEADLINE)
  const gaps = await witness.gapsMs()
  assert.ok(gaps.length === 1 && gaps.every((ms) => ms <= MAX_GAP_MS), `without a default route for ${gaps} ms`)

  await change(net, STATIC)
  await net.until(CONNECTION, 'internet', DEADLINE)
  await soon('the static address is there alone', async () => {
    const addresses = await scene.addresses('eth0')
    return addresses.map(({ local }) => local).join() === IPV4.address
  })
  assert.equal(await scene.pids('udhcpc'), [])
  assert.equal(await witness.gapsMs(), gaps, 'the way of the static address was there before the way of the lease went')

  assert.ok(flow.underWay, 'all that was while datagrams were sent')
  await flow.loses(MAX_GAP_MS * PACKETS_PER_MS)
  assert.equal(await witness.seen('link', 'linkGone'), [])
  assert.is(net.get(CONNECTION), 'internet')
})

test('with teardownOnChange another name server takes the link down and up', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const config = { ...STATIC, teardownOnChange: true }
  const net = await online(scene, config)
  await using witness = await Witness.of(scene)
  const states = await change(net, { ...config, ipv4: { ...IPV4, nameServers: ['203.0.113.2'] } })
  assert.equal(states, ['reconfiguring', 'configuring', 'configured'])
  await net.until(CONNECTION, 'internet', DEADLINE)
  const ups = (await witness.seen('link')).map(({ up }) => up)
  assert.ok(ups.includes(false), 'it was down')
  assert.is(ups.at(-1), true)
  assert.ok((await witness.seen('addressGone')).some(({ address }) => address === IPV4.address))
})

test.run()
