/**
 * A process that hears all changes of a table and does one of its own: when so many routes have changed it takes a link
 * down. At the last route it says in which order things came, as numbers of routes that had changed before.
 */

import { openKernel } from '../../lib/kernel/native-kernel.js'

export interface WitnessOptions {
  readonly netns: string
  /** Its routes are counted. */
  readonly table: number
  /** Taken down when so many have changed. */
  readonly takeDown: { readonly ifname: string; readonly afterCount: number }
  /** The link whose carrier is lost by it. */
  readonly loser: string
  /** Destinations, in another table: of the route that changes for it, and of the route that ends it all. */
  readonly answer: string
  readonly last: string
}

/** What never came stands behind all routes. */
export interface WitnessAccount {
  readonly beforeLossCount: number
  readonly beforeAnswerCount: number
  readonly totalCount: number
  /** True where notifications were lost: then the numbers say nothing. */
  readonly overrun: boolean
}

/** Room for all notifications of some hundred thousand routes. */
const RECEIVE_BUFFER_BYTES = 512 * 1024 * 1024

const { netns, table, takeDown, loser, answer, last } = JSON.parse(process.argv[2] ?? '{}') as WitnessOptions
const kernel = await openKernel({ netns, follow: ['routes'], receiveBufferBytes: RECEIVE_BUFFER_BYTES })

let totalCount = 0
let overrun = false
const before = new Map<string, number>()

/** The first time counts. */
function note(what: string): void {
  if (!before.has(what)) before.set(what, totalCount)
}

function tell(): void {
  const [beforeLossCount, beforeAnswerCount] = [before.get('loss') ?? totalCount, before.get('answer') ?? totalCount]
  process.send?.({ beforeLossCount, beforeAnswerCount, totalCount, overrun } satisfies WitnessAccount)
}

kernel.subscribe((changes) => {
  for (const change of changes) {
    if (change.type === 'overrun') overrun = true
    if (change.type === 'link' && change.ifname === loser && !change.lowerUp) note('loss')
    if (change.type !== 'route') continue
    if (change.table === table) totalCount += 1
    else if (change.destination === answer) note('answer')
    else if (change.destination === last) tell()
    if (totalCount !== takeDown.afterCount || before.has('down')) continue
    note('down')
    void kernel.send([{ type: 'setLink', ifname: takeDown.ifname, up: false }])
  }
})

process.on('disconnect', () => void kernel.close())
process.send?.('ready')
