/** Private routing tables: one slot an interface, one table a slot. */

/** Numbers that distributions and other programs leave alone: 100 to 252; the kernel uses 253 to 255 and 0. */
const FIRST_TABLE = 100
const LAST_LOW_TABLE = 252
/** Where the tables go on beyond a byte. */
const FIRST_HIGH_TABLE = 1_000
const LOW_TABLE_COUNT = LAST_LOW_TABLE - FIRST_TABLE + 1

/** Source rules stand before main (32,766) and behind whatever an administrator puts at small numbers. */
const FIRST_RULE_PRIORITY = 10_000
/** 4,096 slots of two rules each end at 28,191. */
const FIRST_OVERRIDING_PRIORITY = 20_000

/** The routing table of a slot: 100 to 252, then from 1000 on. */
export function tableOfSlot(slot: number): number {
  return slot < LOW_TABLE_COUNT ? FIRST_TABLE + slot : FIRST_HIGH_TABLE + slot - LOW_TABLE_COUNT
}

/** The priority of the rules that lead to a slot's table. */
export function rulePriorityOfSlot(slot: number): number {
  return FIRST_RULE_PRIORITY + slot
}

/** Of the two rules that lead to a slot's overriding routes: behind those of all addresses, before main. */
export function overridingPrioritiesOfSlot(slot: number): readonly [number, number] {
  const first = FIRST_OVERRIDING_PRIORITY + 2 * slot
  return [first, first + 1]
}

/** The lowest slot below `count` that is not in use; undefined when all are. */
export function lowestFreeSlot(used: ReadonlySet<number>, count: number): number | undefined {
  for (let slot = 0; slot < count; slot += 1) {
    if (!used.has(slot)) return slot
  }
  return undefined
}
