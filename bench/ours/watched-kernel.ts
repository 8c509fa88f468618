/** A kernel of which the acknowledgements can be seen as the engine's thread stamped them. */

import { type Follow, type Kernel, loadAddon, type OpenOptions, open } from './library.js'

type Binding = NonNullable<OpenOptions['binding']>

export interface WatchedKernel {
  readonly kernel: Kernel
  /** Calls the listener once, with the time of the next acknowledgement in ms of CLOCK_MONOTONIC. */
  onAcknowledged(listener: (atMs: number) => void): void
}

export async function openWatched(netns: string, follow: Follow): Promise<WatchedKernel> {
  let listener: ((atMs: number) => void) | undefined
  const addon = loadAddon()
  const binding: Binding = {
    ...addon,
    open: (options, onBatch) =>
      addon.open(options, (events) => {
        for (const event of events) {
          if (event.type !== 'done') continue
          listener?.(event.atMs)
          listener = undefined
        }
        onBatch(events)
      }),
  }
  const kernel = await open(follow, { netns, binding })
  return {
    kernel,
    onAcknowledged(next) {
      listener = next
    },
  }
}
