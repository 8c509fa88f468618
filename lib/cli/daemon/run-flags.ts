/** The options of `vintage-net run`. */

export interface RunFlags {
  readonly config?: string
  readonly listen?: string
  readonly tokenFile?: string
  readonly allowRaw?: boolean
  readonly logLevel: string
}
