/** What is carried out ahead of its turn, in the midst of a bulk that is longer than anybody would wait. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Kernel, OrderDone } from '../../lib/kernel/kernel.js'
import type { RouteCommand } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import { addPair, mustSend } from '../kernel-contract/world.js'
import type { WitnessAccount, WitnessOptions } from '../support/table-witness.js'
import { freshNamespace } from '../support/world.js'

const WITNESS = fileURLToPath(new URL('../support/table-witness.ts', import.meta.url))
const BULK_TABLE = 100
/**
 * linkwatch may sit on a lost carrier for a second, so the bulk goes on until the failover is told: two rounds are always
 * on their way. The kernel does 100,000 in 0.2 s at least.
 */
const MAX_ROUNDS = 50
/** Routes replaced from the loss of the carrier to the failover: a chunk holds some 200, and there may be one on its way. */
const MAX_BETWEEN_COUNT = 1_000

const MAX_TRIES = 6

const MAIN = { family: 4, table: 254, protocol: 183 } as const
const FAILOVER = '203.0.113.0/24'
const LAST = '198.51.100.0/24'

function routeBy(gateway: string): RouteCommand {
  return { type: 'replaceRoute', ...MAIN, destination: FAILOVER, gateway, ifindex: 10 }
}

function bulkBy(gateway: string, count: number): RouteCommand[] {
  return Array.from({ length: count }, (_, at): RouteCommand => {
    const destination = `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}/32`
    return { type: 'replaceRoute', family: 4, destination, gateway, ifindex: 10, table: BULK_TABLE }
  })
}

interface Witness extends AsyncDisposable {
  /** The next message; rejects when the process ends without one. */
  told(): Promise<unknown>
}

/** Resolves when it listens. */
async function startWitness(netns: string, afterCount: number): Promise<Witness> {
  const takeDown = { ifname: 'v1', afterCount }
  const options: WitnessOptions = { netns, table: BULK_TABLE, takeDown, loser: 'v0', answer: FAILOVER, last: LAST }
  const program = fork(WITNESS, [JSON.stringify(options)])
  const exit = once(program, 'exit')
  const told = async (): Promise<unknown> => {
    const message = await Promise.race([once(program, 'message'), exit.then(() => undefined)])
    if (message === undefined) throw new Error('the witness ended')
    return message[0]
  }
  await told()
  return {
    told,
    async [Symbol.asyncDispose]() {
      if (program.connected) program.disconnect()
      await exit
    },
  }
}

/** Replaces all routes, by one gateway and the other in turn, until it is over. */
async function replaceUntil(kernel: Kernel, count: number, over: () => boolean): Promise<void> {
  const bulks = [bulkBy('192.0.2.3', count), bulkBy('192.0.2.4', count)] as const
  const rounds = [mustSend(kernel, bulks[0]), mustSend(kernel, bulks[1])]
  for (let round = 0; round < MAX_ROUNDS && !over(); round += 1) {
    await rounds.shift()
    rounds.push(mustSend(kernel, bulks[round % 2] ?? bulks[0]))
  }
  await Promise.all(rounds)
}

interface Outcome extends WitnessAccount {
  readonly gateway: string | undefined
  readonly bulkDoneMs: number
}

/**
 * The carrier of v0 is lost when a fifth of a bulk of `count` routes has been replaced. `arm` makes the failover come about, and
 * calls `over` when it is told.
 */
async function failOverOnce(count: number, arm: (kernel: Kernel, over: () => void) => Promise<void>): Promise<Outcome> {
  const namespace = await freshNamespace()
  try {
    await using kernel = await openKernel({ netns: namespace.path })
    await addPair(kernel)
    const address = { type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 } as const
    await mustSend(kernel, [address, routeBy('192.0.2.1'), ...bulkBy('192.0.2.4', count)])
    await using witness = await startWitness(namespace.path, count / 5)
    let isOver = false
    await arm(kernel, () => {
      isOver = true
    })
    await replaceUntil(kernel, count, () => isOver)
    const bulkDoneMs = Number(process.hrtime.bigint()) / 1e6 // CLOCK_MONOTONIC, as the engine's times
    const [account] = await Promise.all([
      witness.told() as Promise<WitnessAccount>,
      mustSend(kernel, [{ ...routeBy('192.0.2.1'), destination: LAST }]),
    ])
    const gateway = kernel.mirror.routes(MAIN).find(({ destination }) => destination === FAILOVER)?.gateway
    return { ...account, gateway, bulkDoneMs }
  } finally {
    await namespace.delete()
  }
}

/** A witness that the machine lets fall behind has lost count: then it is done once more. */
async function failOver(...how: Parameters<typeof failOverOnce>): Promise<Outcome> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const outcome = await failOverOnce(...how)
    if (!outcome.overrun) return outcome
  }
  throw new Error(`the witness lost notifications ${MAX_TRIES} times`)
}

test('a standing order is carried out in the midst of a bulk replace of 100,000 routes', async () => {
  let done: OrderDone[] = []
  const outcome = await failOver(100_000, async (kernel, over) => {
    done = []
    kernel.subscribe((changes) => {
      for (const change of changes) if (change.type === 'order') done.push(change)
      if (done.length > 0) over()
    })
    const when = { ifname: 'v0', lowerUp: false }
    await kernel.setStandingOrders([{ name: 'over', when, commands: [routeBy('192.0.2.9')] }])
  })
  assert.equal([done.map(({ results }) => results), outcome.gateway], [[['done']], '192.0.2.9'])
  const { beforeLossCount, beforeAnswerCount, totalCount } = outcome
  assert.ok(beforeLossCount >= 20_000)
  const betweenCount = beforeAnswerCount - beforeLossCount
  assert.ok(betweenCount <= MAX_BETWEEN_COUNT, `${betweenCount} routes between the carrier's loss and the failover`)
  assert.ok(beforeAnswerCount < totalCount, 'the bulk went on behind the failover')
  const [order] = done
  assert.ok(order !== undefined && order.doneMs < outcome.bulkDoneMs)
})

test('the same command, sent by a listener in its turn, waits for the bulk', async () => {
  const { beforeLossCount, beforeAnswerCount, gateway } = await failOver(50_000, async (kernel, over) => {
    kernel.subscribe((changes) => {
      const lost = changes.some((change) => change.type === 'link' && change.ifname === 'v0' && !change.lowerUp)
      if (lost) void mustSend(kernel, [routeBy('192.0.2.9')]).then(over)
    })
  })
  assert.is(gateway, '192.0.2.9')
  assert.ok(beforeAnswerCount - beforeLossCount > 10 * MAX_BETWEEN_COUNT)
})

test.run()
