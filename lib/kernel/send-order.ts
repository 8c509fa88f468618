/** Keeps the order of sends: what must wait for answers in its midst holds back everything behind it. */

/** A queue that is empty almost always: then a task starts in the same turn. */
export class SendOrder {
  #tail: Promise<void> | undefined

  /** Starts `task`, which returns a promise if it cannot hand over everything at once; then calls `handedOver`. */
  run(task: () => Promise<void> | undefined, handedOver: () => void = () => undefined): void {
    const step = (): Promise<void> | undefined => {
      const rest = task()
      if (rest !== undefined) return rest.then(handedOver)
      handedOver()
      return undefined
    }
    if (this.#tail !== undefined) this.#hold(this.#tail.then(step))
    else {
      const rest = step()
      if (rest !== undefined) this.#hold(rest)
    }
  }

  /** A task's failure is its own: those behind it start all the same. */
  #hold(work: Promise<void>): void {
    const done = (): void => {
      if (this.#tail === tail) this.#tail = undefined
    }
    const tail: Promise<void> = work.then(done, done)
    this.#tail = tail
  }
}
