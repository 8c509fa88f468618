/** The changes that were applied over the control API, so that a later request can end them. */

import { type Checkpoint, NetworkError, type VintageNet } from '../index.js'

/** The change that waits for its confirmation, as the property `checkpoint` tells it. */
export interface OpenCheckpoint {
  readonly id: string
  readonly interfaces: readonly string[]
  /** Milliseconds since 1970. */
  readonly confirmByMs: number
}

/** Ended ones are kept for whoever asks again how it went. */
const MAX_KEPT_COUNT = 16

export class Checkpoints {
  readonly #net: Pick<VintageNet, 'apply' | 'get'>
  readonly #kept = new Map<string, Checkpoint>()

  constructor(net: Pick<VintageNet, 'apply' | 'get'>) {
    this.#net = net
  }

  get open(): OpenCheckpoint | undefined {
    return this.#net.get(['checkpoint']) as OpenCheckpoint | undefined
  }

  /** @throws NetworkError as VintageNet.apply() */
  async apply(configs: Readonly<Record<string, unknown>>, confirmWithinMs: number): Promise<OpenCheckpoint> {
    const checkpoint = await this.#net.apply(configs, { confirmWithinMs })
    this.#kept.set(checkpoint.id, checkpoint)
    for (const id of [...this.#kept.keys()].slice(0, -MAX_KEPT_COUNT)) this.#kept.delete(id)
    return this.open ?? { id: checkpoint.id, interfaces: Object.keys(configs).sort(), confirmByMs: 0 }
  }

  /**
   * Confirms or rolls back one change, by default the open one; resolves with its id.
   * @throws NetworkError ERR_CANCELLED where it ended the other way, ERR_INVALID_CONFIG where there is none
   */
  async end(id: string | undefined, how: 'confirm' | 'rollback'): Promise<string> {
    const wanted = id ?? this.open?.id
    if (wanted === undefined)
      throw new NetworkError('ERR_CANCELLED', 'no change waits for a confirmation', { operation: how })
    const checkpoint = this.#kept.get(wanted)
    if (checkpoint === undefined)
      throw new NetworkError('ERR_CANCELLED', `no change ${JSON.stringify(wanted.slice(0, 40))} is known`, {
        field: 'id',
      })
    await checkpoint[how]()
    return wanted
  }
}
