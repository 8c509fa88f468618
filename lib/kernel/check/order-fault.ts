/** Standing orders in themselves; of their commands no more than whether an order may have them. */

import type { KernelCommand } from '../commands.js'
import { boolean, type Check, link, required, wrong } from './fault.js'

/** As the engine: as many as links that could each have one. */
const MAX_ORDERS_COUNT = 4_096
/** As the engine: it carries an order out in one go. */
const MAX_COMMANDS_COUNT = 256

/** What no order carries out: these take more than one message to one socket. */
const NOT_FOR_ORDERS: ReadonlySet<unknown> = new Set<KernelCommand['type']>([
  'setSysctl',
  'requestRegulatory',
  'addWirelessInterface',
  'deleteWirelessInterface',
  'setMeshParameters',
  'setPowerSave',
  'setWireguardDevice',
])

type Fields = Readonly<Record<string, unknown>>

export function ordersFault(orders: unknown): Check {
  const names = new Set<unknown>()
  return listFault('orders', orders, MAX_ORDERS_COUNT, (order, path) => orderFault(order, path, names))
}

function orderFault({ name, when, commands }: Fields, path: string, names: Set<unknown>): Check {
  if (typeof name !== 'string' || name === '') return wrong(`${path}.name`, 'a name', name)
  if (names.has(name)) return wrong(`${path}.name`, 'a name that no other order has', name)
  names.add(name)
  return whenFault(when, `${path}.when`) ?? listFault(`${path}.commands`, commands, MAX_COMMANDS_COUNT, commandFault)
}

function whenFault(when: unknown, path: string): Check {
  if (!isObject(when)) return wrong(path, 'an object', when)
  const { lowerUp } = when
  const fault = required('lowerUp', lowerUp) ?? boolean('lowerUp', lowerUp) ?? link(when, true)
  return fault === undefined ? undefined : { ...fault, field: `${path}.${fault.field}` }
}

function commandFault({ type }: Fields, path: string): Check {
  return NOT_FOR_ORDERS.has(type) ? wrong(`${path}.type`, 'a command of rtnetlink', type) : undefined
}

/** Unlike other lists, these may be empty. */
function listFault(field: string, value: unknown, most: number, check: (item: Fields, path: string) => Check): Check {
  if (!Array.isArray(value) || value.length > most) {
    return wrong(field, `a list of at most ${most}`, Array.isArray(value) ? `a list of ${value.length}` : value)
  }
  for (const [at, item] of value.entries()) {
    const path = `${field}.${at}`
    const fault = isObject(item) ? check(item, path) : wrong(path, 'an object', item)
    if (fault !== undefined) return fault
  }
  return undefined
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
