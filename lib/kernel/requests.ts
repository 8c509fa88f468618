/** Who waits for the answer to which id. */

import type { NetworkError } from '../errors.js'
import type { EngineError, KernelEvent } from './messages.js'

export type Reply = Extract<KernelEvent, { type: 'reply' }>
export type ProbeOutcome = Extract<KernelEvent, { type: 'probe' }>
export type CommandsDone = Extract<KernelEvent, { type: 'done' }>

/** Somebody waits for the answer to one id. */
export interface Waiter {
  answer(event: Reply | ProbeOutcome): void
  /** The kernel has been closed, or the engine did not take the request. */
  reject(error: NetworkError): void
}

/** Somebody waits for the answers to a row of consecutive ids. */
export interface RowWaiter {
  /** The kernel did what `count` commands from `index` on wanted. */
  done(index: number, count: number): void
  refused(index: number, error: EngineError): void
  reject(error: NetworkError): void
}

interface Row {
  readonly firstId: number
  readonly count: number
  readonly waiter: RowWaiter
  answered: number
}

/** Numbers what crosses to the engine and brings each answer to its waiter. */
export class Requests {
  readonly #waiters = new Map<number, Waiter>()
  /** By id, ascending: ids only grow. */
  #rows: Row[] = []
  #nextId = 1

  /** The id of one request. Without a waiter nobody hears of the answer. */
  number(waiter?: Waiter): number {
    const id = this.#nextId
    this.#nextId += 1
    if (waiter !== undefined) this.#waiters.set(id, waiter)
    return id
  }

  /** The first of `count` ids for commands that are sent together. */
  numberRow(count: number, waiter: RowWaiter): number {
    const firstId = this.#nextId
    this.#nextId += count
    this.#rows.push({ firstId, count, waiter, answered: 0 })
    return firstId
  }

  /** Nobody waits any longer. */
  forget(id: number): void {
    this.#waiters.delete(id)
  }

  forgetRow(firstId: number): void {
    this.#rows = this.#rows.filter((row) => row.firstId !== firstId)
  }

  refuse(id: number, error: NetworkError): void {
    const waiter = this.#waiters.get(id)
    this.#waiters.delete(id)
    waiter?.reject(error)
  }

  answer(event: Reply | ProbeOutcome | CommandsDone): void {
    if (event.type === 'done') return this.#done(event.firstId, event.count)
    const waiter = this.#waiters.get(event.id)
    if (waiter !== undefined) {
      this.#waiters.delete(event.id)
      waiter.answer(event)
    } else if (event.type === 'reply') {
      if (event.error === undefined) this.#done(event.id, 1)
      else this.#refused(event.id, event.error)
    }
  }

  rejectAll(error: NetworkError): void {
    const waiters = [...this.#waiters.values(), ...this.#rows.map((row) => row.waiter)]
    this.#waiters.clear()
    this.#rows = []
    for (const waiter of waiters) waiter.reject(error)
  }

  /** What is done may belong to several rows: the engine tells of consecutive ids at once. */
  #done(firstId: number, count: number): void {
    for (let id = firstId; id < firstId + count; ) {
      const row = this.#rowOf(id)
      const end = row === undefined ? id + 1 : Math.min(row.firstId + row.count, firstId + count)
      if (row !== undefined) {
        row.waiter.done(id - row.firstId, end - id)
        this.#count(row, end - id)
      }
      id = end
    }
  }

  #refused(id: number, error: EngineError): void {
    const row = this.#rowOf(id)
    if (row === undefined) return
    row.waiter.refused(id - row.firstId, error)
    this.#count(row, 1)
  }

  #count(row: Row, answered: number): void {
    row.answered += answered
    if (row.answered >= row.count) this.forgetRow(row.firstId)
  }

  /** Answers come in order almost always, so the row is among the first. */
  #rowOf(id: number): Row | undefined {
    return this.#rows.find((row) => id >= row.firstId && id < row.firstId + row.count)
  }
}
