/** The options of `vintage-net run`. */

export interface RunFlags {
  readonly config?: string
  readonly listen?: string
  readonly tokenFile?: string
  readonly allowRaw?: boolean
  readonly logLevel: string
  /** The log is JSON on a terminal too, and says what keeps the daemon from starting. */
  readonly json?: boolean
}
