/** The contract of a modem: what its configuration and its chat script need to know. Users bring their own by the option `modems`. */

import type { NormalizeContext } from '../../config/validate.js'
import type { MobileConfig } from './schema.js'

/** What is watched over a modem's AT port. */
export type MobileMonitor = 'signal' | 'cell' | 'info'

/** One kind of modem. Its functions are pure. */
export interface Modem {
  /** The value of `modem` in a configuration: lower-case letters, digits and hyphens. */
  readonly name: string
  /** The tty that dials, below /dev; absent: the configuration must name one. */
  readonly pppTty?: string | undefined
  /** The tty that answers AT commands meanwhile; absent: unless the configuration names one, nothing is watched. */
  readonly atTty?: string | undefined
  /** Bits per second of both. */
  readonly speed: number
  readonly monitors: readonly MobileMonitor[]
  /** Vendor and product of its USB device, such as '2c7c:0125': `automatic` knows it by these. */
  readonly usbIds?: readonly string[] | undefined
  /** What is dialled; default 'ATDT*99***1#'. */
  readonly dial?: string | undefined
  /** How long the script waits for each answer; default 10 s. */
  readonly answerTimeoutSeconds?: number | undefined
  /** It goes wrong with lines of the user's: `chatscriptAdditions` is left out, with a warning. */
  readonly takesNoAdditions?: boolean | undefined
  /**
   * Completes and checks keys of its own, which stand in `modemOptions` (of built-in modems in the configuration itself).
   * Idempotent. @throws NetworkError ERR_INVALID_CONFIG with `field`
   */
  normalize?(config: MobileConfig, context: NormalizeContext): MobileConfig
  /**
   * Lines of the chat script (chat(8)) between the modem's reset and dialling; default: the first provider's APN as context 1.
   * Values of a configuration are of their form: an APN has letters, digits, '.', '-' and '_'.
   */
  script?(config: MobileConfig): readonly string[]
}
