/** The conversation with a modem through the real engine: a socket in the place of the device, a scripted modem behind it. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../../lib/base/clock.js'
import type { Kernel } from '../../../lib/kernel/kernel.js'
import { openKernel } from '../../../lib/kernel/native-kernel.js'
import type { Modem } from '../../../lib/technology/qmi/modem.js'
import { startModem } from '../../../lib/technology/qmi/part.js'
import { eventually } from '../../support/eventually.js'
import { MessageDevice } from '../../support/message-device.js'
import { partContext } from '../../support/part-context.js'
import { ScriptedQmiModem } from '../../support/scripted-qmi-modem.js'
import { freshNamespace } from '../../support/world.js'

const test = suite('qmi')

interface Scene {
  readonly kernel: Kernel
  readonly modem: ScriptedQmiModem
  readonly device: MessageDevice
  readonly part: Modem
  readonly connections: string[]
  readonly failures: string[]
}

async function within(work: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-'))
  const namespace = await freshNamespace()
  const kernel = await openKernel({ netns: namespace.path })
  const path = join(folder, 'cdc-wdm0')
  const device = await MessageDevice.plug(path)
  const modem = new ScriptedQmiModem()
  modem.attach((answer) => device.send(answer))
  device.onMessage = (message) => modem.receive(message)
  await kernel.send([
    { type: 'addLink', ifname: 'wwan0', kind: 'veth', peer: { ifname: 'far' } },
    { type: 'setLink', ifname: 'far', up: true },
    { type: 'setLink', ifname: 'wwan0', up: true },
  ])
  const connections: string[] = []
  const failures: string[] = []
  const context = partContext(
    { ifname: 'wwan0', clock: systemClock, kernel, signal: new AbortController().signal },
    {
      setConnection: (connection) => void connections.push(connection),
      fail: (reason) => void failures.push(reason),
      addAddress: async (address) => void (await kernel.send([{ type: 'addAddress', ifname: 'wwan0', ...address }])),
      deleteAddress: async ({ address, prefixLength }) =>
        void (await kernel.send([{ type: 'deleteAddress', ifname: 'wwan0', address, prefixLength }])),
    },
  )
  const args = {
    device: path,
    serviceProviders: [{ apn: 'internet' }],
    onlyRadioTechnologies: [],
    dhcp: false,
    dhcpPlan: '',
  }
  const part = await startModem(args, context)
  try {
    await work({ kernel, modem, device, part, connections, failures })
  } finally {
    await part[Symbol.asyncDispose]()
    await device[Symbol.asyncDispose]()
    await kernel.close()
    await namespace.delete()
    await rm(folder, { recursive: true })
  }
}

test('a session brings its address to the link, and goes with the part', () =>
  within(async ({ kernel, modem, part, connections }) => {
    await eventually('there is internet', () => connections.at(-1) === 'internet')
    const ours = (): boolean => kernel.mirror.addresses().some(({ address }) => address === '192.0.2.10')
    assert.ok(ours())
    await part[Symbol.asyncDispose]()
    assert.not.ok(ours())
    assert.equal([...modem.clients], [])
  }))

test('a session that the network ends, and answers in halves, are what they are over simulated time', () =>
  within(async ({ modem, connections }) => {
    await eventually('there is internet', () => connections.at(-1) === 'internet')
    modem.distort = (bytes) => [bytes.subarray(0, 9), bytes.subarray(9)]
    modem.packet(false)
    await eventually('it is lost', () => connections.at(-1) === 'disconnected')
    await eventually('it is back', () => connections.at(-1) === 'internet')
  }))

test('a modem that is unplugged is told at once', () =>
  within(async ({ device, failures, connections }) => {
    await eventually('there is internet', () => connections.at(-1) === 'internet')
    await device[Symbol.asyncDispose]()
    await eventually('the part knows', () => failures.length === 1)
    assert.match(failures[0] ?? '', /gone/)
  }))

test.run()
