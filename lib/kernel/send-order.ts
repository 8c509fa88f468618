/** Keeps the order of sends: what must wait for answers in its midst holds back everything behind it. */

/** A queue that is empty almost always: then a task starts in the same turn. */
export class SendOrder {
  #tail: Promise<void> | undefined

  /**
   * Starts `task`, which returns a promise if it cannot hand over everything at once. Resolves when all is handed over;
   * rejects with what the task threw. A task's failure is its own: those behind it start all the same.
   */
  run(task: () => Promise<void> | undefined): Promise<void> {
    if (this.#tail !== undefined) return this.#hold(this.#tail.then(task))
    try {
      const rest = task()
      return rest === undefined ? Promise.resolve() : this.#hold(rest)
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }

  #hold(work: Promise<void>): Promise<void> {
    const done = (): void => {
      if (this.#tail === tail) this.#tail = undefined
    }
    const tail: Promise<void> = work.then(done, done)
    this.#tail = tail
    return work
  }
}
