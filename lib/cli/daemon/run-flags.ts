/** The options of `vintage-net run`. */

export interface RunFlags {
  readonly config?: string
  readonly listen?: string
  readonly tokenFile?: string
  readonly allowRaw?: boolean
  readonly logLevel: string
  /** What keeps the daemon from starting is a line of the log too. */
  readonly json?: boolean
}
