/**
 * A link that another program renames may go from one interface of ours to another. What the former put on it is taken
 * off under its new name; only then may the latter begin: else its link would be taken down under its feet.
 */

export class LinkHandover {
  /** By index, what is being taken off the link. */
  readonly #undoing = new Map<number, Promise<unknown>>()

  /** An interface takes its things off the link until `undone` settles. */
  leave(ifindex: number, undone: Promise<unknown>): void {
    const all = Promise.allSettled([this.#undoing.get(ifindex), undone]).then(() => {
      if (this.#undoing.get(ifindex) === all) this.#undoing.delete(ifindex)
    })
    this.#undoing.set(ifindex, all)
  }

  /** Resolves when what is being taken off the link now is off. What comes later does not count: it may wait for the caller. */
  async free(ifindex: number | undefined): Promise<void> {
    if (ifindex !== undefined) await this.#undoing.get(ifindex)
  }
}
