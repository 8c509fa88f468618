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
  /**
   * The route leads into a tunnel: it stands in the interface's own table alone, and goes before the default routes of all
   * interfaces, whatever their metrics, for every packet but those that carry `exemptMark`: the tunnel's own.
   */
  readonly overriding?: boolean | undefined
}

/** What routing should do for one interface, whole: a second call replaces the first. */
export interface InterfaceRoutes {
  readonly addresses: readonly InterfaceAddress[]
  readonly gateway?: string | undefined
  readonly routes?: readonly ConfiguredRoute[] | undefined
  /** Replaces the computed metric of the interface's routes in the main table, in `lan` and in `internet` alike. */
  readonly metric?: number | undefined
  /** Mark of the packets that overriding routes are not for, 1 to 4,294,967,295; required where there are such routes. */
  readonly exemptMark?: number | undefined
  /**
   * The routes stand while the link is up, also while the connection is `disconnected`: what is meant for a tunnel never
   * leaves beside it, and is what makes its far end answer.
   */
  readonly standing?: boolean | undefined
}
