/** What an interface asks of routing: the words that plans and routing share. */

/** An address in use, as routing needs it. */
export interface InterfaceAddress {
  readonly address: string
  readonly prefixLength: number
}

/** A route of the configuration besides the default route. */
export interface ConfiguredRoute {
  /** 'address/prefixLength'. */
  readonly to: string
  readonly via?: string | undefined
  readonly metric?: number | undefined
}

/** What routing should do for one interface, whole: a second call replaces the first. */
export interface InterfaceRoutes {
  readonly addresses: readonly InterfaceAddress[]
  readonly gateway?: string | undefined
  readonly routes?: readonly ConfiguredRoute[] | undefined
  /** Replaces the computed metric of the interface's routes in the main table, in `lan` and in `internet` alike. */
  readonly metric?: number | undefined
}
