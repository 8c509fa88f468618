import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LinkNaming } from '../../../lib/naming/link-naming.js'
import type { NameRule } from '../../../lib/naming/name-list.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { type LogLine, recordingLogger } from '../../support/fake-instance.js'

const A = '/devices/platform/a'
const B = '/devices/platform/b'
const RULES: readonly NameRule[] = [
  { hwPath: A, ifname: 'lan0' },
  { hwPath: B, ifname: 'lan1' },
]

class Scene implements AsyncDisposable {
  readonly clock = new SimulatedClock()
  readonly kernel = new FakeKernel({ clock: this.clock })
  readonly logs: LogLine[] = []
  readonly problems = new Map<string, string>()
  readonly naming: LinkNaming

  constructor(ifnames: readonly NameRule[] = RULES) {
    this.naming = new LinkNaming({
      kernel: this.kernel,
      clock: this.clock,
      logger: recordingLogger(this.logs),
      ifnames,
      onProblem: (ifname, text) => {
        if (text === undefined) this.problems.delete(ifname)
        else this.problems.set(ifname, text)
      },
    })
  }

  plug(ifname: string, hwPath: string): number {
    const ifindex = this.kernel.lab.addLink({ ifname })
    this.kernel.lab.hwPath(ifname, hwPath)
    return ifindex
  }

  /** Every link but lo: index and name. */
  get names(): Record<number, string> {
    const links = this.kernel.mirror.links().filter(({ ifname }) => ifname !== 'lo')
    return Object.fromEntries(links.map(({ ifindex, ifname }) => [ifindex, ifname]))
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await this.clock.advance(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.naming.stop()
    await this.kernel.close()
  }
}

const renames = (scene: Scene): unknown[] =>
  scene.kernel.lab.sent.flatMap((command) => (command.type === 'setLink' && command.name ? [command.name] : []))

test('P1: what is there at the start and what comes later gets its name, by one command each', async () => {
  await using scene = new Scene()
  const [first] = [scene.plug('eth0', A)]
  await scene.naming.start()
  assert.equal(scene.names, { [first]: 'lan0' })
  const second = scene.plug('eth0', B)
  await scene.settle()
  assert.equal(scene.names, { [first]: 'lan0', [second]: 'lan1' })
  assert.equal(renames(scene), ['lan0', 'lan1'])
  scene.kernel.lab.removeLink('lan1')
  const third = scene.plug('usb0', B)
  await scene.settle()
  assert.equal(scene.names, { [first]: 'lan0', [third]: 'lan1' })
})

test('P2: a rule for all virtual links renames none, and warns', async () => {
  await using scene = new Scene([{ hwPath: '/devices/virtual', ifname: 'predictableVirtual0' }])
  scene.plug('unpredictableVirtual0', '/devices/virtual')
  await scene.naming.start()
  assert.equal(renames(scene), [])
  assert.match(scene.problems.get('unpredictableVirtual0') ?? '', 'virtual')
  assert.ok(scene.logs.some(({ level, details }) => level === 'warn' && details['ifname'] === 'unpredictableVirtual0'))
})

test('of two links with one path the one that has the name keeps it, whatever their order', async () => {
  await using scene = new Scene()
  const [other, owner] = [scene.plug('eth0', A), scene.plug('lan0', A)]
  await scene.settle()
  await scene.naming.start()
  assert.equal(scene.names, { [other]: 'eth0', [owner]: 'lan0' })
  assert.match(scene.problems.get('eth0') ?? '', /given its name to lan0 already/)
})

const SWAP = [
  { hwPath: A, ifname: 'eth0' },
  { hwPath: B, ifname: 'eth1' },
]

test('two links that are there at the start swap their names', async () => {
  await using scene = new Scene(SWAP)
  const [second, first] = [scene.plug('eth0', B), scene.plug('eth1', A)]
  await scene.settle()
  await scene.naming.start()
  assert.equal(scene.names, { [first]: 'eth0', [second]: 'eth1' })
  assert.equal([scene.problems.size, scene.clock.pendingTimers], [0, 0])
})

test('two links that come one after the other swap their names', async () => {
  await using scene = new Scene(SWAP)
  await scene.naming.start()
  const [second, first] = [scene.plug('eth0', B), scene.plug('eth1', A)]
  await scene.clock.advance(5_000)
  assert.equal(scene.names, { [first]: 'eth0', [second]: 'eth1' })
  assert.equal([scene.problems.size, scene.clock.pendingTimers], [0, 0])
})

test('a kernel that renames no link that is up has it set down for that long', async () => {
  await using scene = new Scene()
  const ifindex = scene.plug('eth0', A)
  const { lab, mirror } = scene.kernel
  lab.foreign([{ type: 'setLink', ifname: 'eth0', up: true }])
  await scene.settle()
  const isUp = (): boolean => lab.network.state.links.get(ifindex)?.link.up === true
  lab.refuse((command) => command.type === 'setLink' && command.name !== undefined && isUp(), 'EBUSY')
  const states: boolean[] = []
  scene.kernel.subscribe((changes) => {
    for (const change of changes) if (change.type === 'link') states.push(change.up)
  })
  await scene.naming.start()
  assert.equal([scene.names[ifindex], mirror.link(ifindex)?.up], ['lan0', true])
  assert.ok(states.includes(false))
  assert.equal(scene.problems.size, 0)
})

test('a refused rename is logged, told, and tried again; the rest goes on', async () => {
  await using scene = new Scene()
  const [first, second] = [scene.plug('eth0', A), scene.plug('eth1', B)]
  scene.kernel.lab.refuse((command) => command.type === 'setLink' && command.name === 'lan0', 'EPERM')
  await scene.naming.start()
  assert.equal(scene.names, { [first]: 'eth0', [second]: 'lan1' })
  assert.match(scene.problems.get('lan0') ?? '', /eth0 cannot be renamed to lan0: .*(EPERM|not permitted)/i)
  assert.ok(scene.logs.some(({ level, message }) => level === 'warn' && message.includes('lan0')))
  scene.kernel.lab.refuse(null)
  await scene.clock.advance(1_000)
  assert.equal(scene.names, { [first]: 'lan0', [second]: 'lan1' })
  assert.equal(scene.problems.size, 0)
})

test('a link that is renamed or goes while its path is asked for is no error', async () => {
  await using scene = new Scene()
  await scene.naming.start()
  const first = scene.plug('eth0', A)
  scene.plug('eth1', B)
  scene.kernel.lab.renameLink('eth0', 'eth7')
  scene.kernel.lab.removeLink('eth1')
  await scene.settle()
  assert.equal(scene.names, { [first]: 'lan0' })
  assert.equal(
    scene.logs.filter(({ level }) => level === 'error'),
    [],
  )
})

test('after stop nothing is renamed, and no timer is left', async () => {
  await using scene = new Scene()
  scene.plug('eth0', A)
  scene.kernel.lab.refuse(() => true, 'EPERM')
  await scene.naming.start()
  await scene.naming.stop()
  scene.kernel.lab.refuse(null)
  assert.is(scene.clock.pendingTimers, 0)
  const late = scene.plug('eth1', B)
  await scene.clock.advance(120_000)
  assert.is(scene.names[late], 'eth1')
})

test('a kernel that closes under a rename leaves a problem and no exception', async () => {
  await using scene = new Scene()
  await scene.naming.start()
  scene.plug('eth0', A)
  await scene.kernel.close()
  await scene.settle()
  assert.equal(
    scene.logs.filter(({ level }) => level === 'error'),
    [],
  )
})

test.run()
