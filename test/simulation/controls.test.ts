/** Each invariant is seen to fail once: a part of the library is broken on purpose, and the right one notices. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { KernelCommand } from '../../lib/kernel/messages.js'
import { PERSISTENCE_DIR, RESOLV_CONF } from './device.js'
import { INVARIANT_NAMES, run } from './run.js'
import type { Action, Step } from './step.js'
import type { Faults } from './world.js'

const test = suite('negative controls')

interface Control {
  readonly fault: string
  readonly faults: Faults
  readonly steps: readonly Action[]
  readonly invariant: string
}

/** A kernel whose commands go through `change` on their way. */
function changing(change: (command: KernelCommand) => readonly KernelCommand[]): Faults {
  return {
    kernel: (kernel) =>
      overriding(kernel, {
        send: async (commands, options) => {
          const sent = commands.map(change)
          const results = await kernel.send(sent.flat(), options)
          let at = 0
          return sent.map(({ length }) => {
            at += length
            return length === 0 ? 'done' : (results[at - 1] ?? 'done')
          })
        },
      }),
  }
}

/** The same object, except for some of its members. */
function overriding<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(name in members ? members : target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const without = (...types: readonly string[]): Faults =>
  changing((command) => (types.includes(command.type) ? [] : [command]))

/** Writes a property behind the library's back. */
function pretending(path: readonly string[], value: unknown): Faults {
  return {
    started(net) {
      const get = net.get.bind(net)
      net.get = (asked, fallback) => (asked.join('/') === path.join('/') ? value : get(asked, fallback))
    },
  }
}

const PULL: Action = { do: 'cable', adapter: 1, in: false }
const LET: Action = { do: 'wait', ms: 1000 }
const CONFIGURE: Action = { do: 'configure', ifname: 'eth1', config: { type: 'null' }, persist: true }
const MTU: Action = {
  do: 'configure',
  ifname: 'eth1',
  config: { type: 'ethernet', mtu: 1400, ipv4: { method: 'dhcp' } },
  persist: true,
}

const CONTROLS: readonly Control[] = [
  {
    fault: 'an instance that never hears of the carrier',
    faults: { kernel: (kernel) => overriding(kernel, { subscribe: () => ({ unsubscribe: () => undefined }) }) },
    steps: [LET, PULL],
    invariant: 'present, lower_up, mac_address and addresses are those of the links',
  },
  {
    fault: 'routes that are never deleted',
    faults: without('deleteRoute'),
    steps: [LET, PULL],
    invariant: 'no route through a link without carrier',
  },
  {
    fault: 'a connection that is claimed too early',
    faults: {
      started(net) {
        net.match = () => [[['interface', 'usb0', 'connection'], 'internet']]
      },
    },
    steps: [LET],
    invariant: 'connection claims no more than carrier and routes allow, and the best of all is the device’s',
  },
  {
    fault: 'a default route that stands twice',
    faults: changing((command) =>
      command.type === 'addRoute' && command.destination === 'default' ? [command, { ...command, tos: 16 }] : [command],
    ),
    steps: [LET],
    invariant: 'at most one best default route for each family and table',
  },
  {
    fault: 'rules that are never deleted',
    faults: without('deleteRule'),
    steps: [LET, PULL, { do: 'wait', ms: 1000 }],
    invariant: 'every rule is for an address that a link with carrier holds',
  },
  {
    fault: 'deletes that take routes of others',
    faults: changing((command) =>
      command.type === 'deleteRoute'
        ? [{ type: 'deleteRoute', family: 4, destination: '192.0.2.0/28', routeType: 'blackhole' }, command]
        : [command],
    ),
    steps: [{ do: 'foreign', what: { deed: 'addRoute', nth: 0 } }, LET, PULL],
    invariant: 'what others put into the kernel is left alone',
  },
  {
    fault: 'a mirror that has forgotten the rules',
    faults: {
      started: (_net, { process }) => {
        const { kernel } = process
        Object.defineProperty(kernel, 'mirror', { value: overriding(kernel.mirror, { rules: () => [] }) })
      },
    },
    steps: [LET],
    invariant: 'the mirror holds what the kernel holds',
  },
  {
    fault: 'a configuration that is not taken',
    faults: {
      started(net) {
        net.configure = () => Promise.resolve()
      },
    },
    steps: [CONFIGURE],
    invariant: 'type, config and getConfiguration are what was asked for last',
  },
  {
    fault: 'available_interfaces in another order',
    faults: pretending(['available_interfaces'], ['eth1', 'eth0', 'none']),
    steps: [LET],
    invariant: 'available_interfaces names the interfaces with a subnet route, best metric first',
  },
  {
    fault: 'a resolv.conf that is said to be written and is not',
    faults: {
      view: (view) =>
        overriding(view, {
          rename: async (from, to) => (to === RESOLV_CONF ? view.unlink(from) : view.rename(from, to)),
        }),
    },
    steps: [LET],
    invariant: 'name_servers is what resolv.conf says, and each comes from an interface with carrier',
  },
  {
    fault: 'a resolv.conf that is cut short',
    faults: {
      view: (view) =>
        overriding(view, {
          writeFile: (path, text, options) =>
            view.writeFile(path, path.includes('resolv') ? text.trimEnd() : text, options),
        }),
    },
    steps: [LET],
    invariant: 'resolv.conf and the ledger are whole',
  },
  {
    fault: 'a disk that says it has synced and has not',
    faults: {
      view: (view) =>
        overriding(view, {
          open: async (...args) => ({ ...(await view.open(...args)), sync: () => Promise.resolve() }),
        }),
    },
    steps: [CONFIGURE, { do: 'powerCut', lasting: 0 }],
    invariant: 'saved files are old or new',
  },
  {
    fault: 'a file written in place, cut by a crash',
    faults: {
      view: (view) =>
        overriding(view, {
          open: async (path, flags, mode) => {
            const file = await view.open(path, flags, mode)
            if (!path.startsWith(PERSISTENCE_DIR)) return file
            return { ...file, writeFile: (bytes) => file.writeFile(bytes.subarray(0, bytes.length / 2)) }
          },
        }),
    },
    steps: [CONFIGURE],
    invariant: 'saved files are old or new',
  },
  {
    fault: 'addresses that are never added',
    faults: without('replaceAddress'),
    steps: [],
    invariant: 'what is configured works once nothing is broken any more',
  },
  {
    fault: 'an MTU that is not put back',
    faults: changing((command) => (command.type === 'setLink' && command.mtu === 1500 ? [] : [command])),
    steps: [MTU],
    invariant: 'after stop the kernel holds nothing of ours',
  },
  {
    fault: 'addresses that are not deleted',
    faults: without('deleteAddress'),
    steps: [],
    invariant: 'after stop the kernel holds nothing of ours',
  },
  {
    fault: 'a timer that is forgotten',
    faults: { stopping: (_net, { process }) => void process.clock.setTimer(3_600_000, () => undefined) },
    steps: [],
    invariant: 'after stop no daemon runs and no timer waits',
  },
]

for (const { fault, faults, steps, invariant } of CONTROLS) {
  test(`${fault}: ${invariant}`, async () => {
    const { failure } = await run(
      steps.map((step): Step => ({ ...step, pause: 'quiet' })),
      { faults },
    )
    assert.is(failure?.invariant, invariant, failure?.message ?? 'nothing was noticed')
  })
}

test('the same steps without a fault pass', async () => {
  for (const { fault, steps } of CONTROLS) {
    const { failure } = await run(steps.map((step): Step => ({ ...step, pause: 'quiet' })))
    assert.is(failure, undefined, `${fault}: ${failure?.message}`)
  }
})

test('every invariant has a control', () => {
  const seen = new Set(CONTROLS.map(({ invariant }) => invariant))
  assert.equal(
    INVARIANT_NAMES.filter((name) => !seen.has(name)),
    [],
  )
})

test.run()
