/** A serial task queue: tasks of one owner run one after the other, in order of arrival. */
export class Actor {
  #tail: Promise<unknown> = Promise.resolve()
  #pending = 0

  /** Runs `task` after every task given before; a failing task does not stop those behind it. */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    this.#pending += 1
    const result = this.#tail.then(task)
    this.#tail = result.then(
      () => this.#done(),
      () => this.#done(),
    )
    return result
  }

  /** Resolves when every task given so far has ended. */
  async idle(): Promise<void> {
    while (this.#pending > 0) await this.#tail
  }

  #done(): void {
    this.#pending -= 1
  }
}
