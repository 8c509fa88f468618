/** What a simulation does, as data: each step stands for itself, so that any part of a list can be replayed. */

import type { ErrnoName } from '../../lib/testing/fake-state.js'
import type { DiskOperation } from '../../lib/testing/simulated-disk.js'

/** Adapters of the simulated device, by number; what each is called at boot. */
export const ADAPTERS = ['eth0', 'eth1', 'wlan0', 'usb0'] as const
/** A link's name that is nobody's at boot. */
export const SPARE_NAME = 'lan0'

/** How a DHCP server behaves. */
export type Answering = 'answers' | 'silent' | 'refuses'
/** What probes through an adapter meet. */
export type Beyond = 'connected' | 'refused' | 'timeout' | 'unreachable'

/** What somebody else does to the kernel. */
export type ForeignDeed =
  | { readonly deed: 'addRoute' | 'deleteRoute' | 'addRule' | 'deleteRule'; readonly nth: number }
  | { readonly deed: 'addAddress' | 'deleteAddress'; readonly ifname: string; readonly nth: number }
  | { readonly deed: 'linkDown' | 'linkUp'; readonly ifname: string }
  /** Takes away one of ours: the one numbered `nth`, modulo how many there are. */
  | { readonly deed: 'stealRoute' | 'stealRule' | 'stealAddress'; readonly nth: number }

/** What happens to the hardware or by other hands: it may also happen unheard, in an overrun. */
export type OutsideStep =
  | { readonly do: 'plug' | 'unplug'; readonly adapter: number }
  | { readonly do: 'cable'; readonly adapter: number; readonly in: boolean }
  | { readonly do: 'rename'; readonly adapter: number; readonly to: string }
  | { readonly do: 'foreign'; readonly what: ForeignDeed }

export type Action =
  | OutsideStep
  | {
      readonly do: 'server'
      readonly adapter: number
      readonly answering: Answering
      readonly subnet: number
      readonly leaseS: number
    }
  | { readonly do: 'beyond'; readonly adapter: number; readonly answer: Beyond }
  /** What a running udhcpc reports out of the blue. */
  | {
      readonly do: 'report'
      readonly ifname: string
      readonly event: 'renew' | 'bound' | 'nak' | 'leasefail' | 'deconfig'
    }
  | { readonly do: 'kill'; readonly ifname: string; readonly exitCode: number | undefined }
  | { readonly do: 'configure'; readonly ifname: string; readonly config: object; readonly persist: boolean }
  | { readonly do: 'deconfigure'; readonly ifname: string; readonly persist: boolean }
  | { readonly do: 'reset'; readonly ifname: string }
  | { readonly do: 'metrics' }
  | { readonly do: 'overrun'; readonly unheard: readonly OutsideStep[] }
  /** The kernel refuses commands of these types to us; none: it takes all again. */
  | { readonly do: 'refuse'; readonly types: readonly string[]; readonly errno: ErrnoName }
  | { readonly do: 'disk'; readonly code: ErrnoName | undefined; readonly operations: readonly DiskOperation[] }
  | { readonly do: 'wait'; readonly ms: number }
  /** Our process is killed; the kernel and the page cache stay. Another is started. */
  | { readonly do: 'crash' }
  /** The power goes and comes back; `lasting`: how many changes of each directory that were not synced last. */
  | { readonly do: 'powerCut'; readonly lasting: number }
  /** An orderly stop, and another start. */
  | { readonly do: 'restart' }
  /** Everything that was broken is mended: what is configured must work soon. */
  | { readonly do: 'heal' }

/**
 * `pause`: how long before the next step; 'quiet': until nothing moves any more, after which the invariants must hold;
 * a number: so many turns of the microtask queue.
 */
export type Step = Action & { readonly pause: 'quiet' | number }

/** Name of the interface in a step, for those that have one. */
export function describeSteps(steps: readonly Step[]): string {
  return steps.map((step, at) => `${String(at).padStart(3)} ${JSON.stringify(step)}`).join('\n')
}
