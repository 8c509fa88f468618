/** What a host name stands for. */

/** The addresses of a name, and for how long they hold. */
export interface ResolvedName {
  /** Canonical IP texts, IPv4 first; at least one. */
  readonly addresses: readonly string[]
  readonly ttlMs: number
}
