/** What one run of a part has set of its interface, so that all of it goes with the part. */

import type { Connection } from '../base/connection.js'
import { messageOf, NetworkError } from '../errors.js'
import { type AddressCommand, OUR_PROTOCOL } from '../kernel/messages.js'
import type { InterfaceControl, PartAddress, PartContext, StepContext } from '../technology/plan.js'
import type { AddressKey, HeldAddresses } from './held-addresses.js'

export interface PartControlOptions {
  readonly context: StepContext
  readonly addresses: Pick<HeldAddresses, 'add' | 'remove'>
  /** The plan's `connectivity` is this part. */
  readonly judges: boolean
  readonly setConnection: (connection: Connection, reason: string) => void
  readonly setProblem: (text: string | undefined) => void
  /** Name of the part. */
  readonly name: string
  /** Aborts when the part is to end. */
  readonly signal: AbortSignal
}

export type PartPowersOverInterface = InterfaceControl &
  Pick<PartContext, 'addAddress' | 'deleteAddress' | 'setConnection' | 'setProblem'>

/** One run of a part. */
export class PartControl implements PartPowersOverInterface {
  readonly #options: PartControlOptions
  readonly #addresses = new Map<string, AddressKey>()
  #hasRoutes = false
  #hasNameServers = false
  #connection: Connection = 'disconnected'
  #over = false

  constructor(options: PartControlOptions) {
    this.#options = options
  }

  readonly setRoutes: InterfaceControl['setRoutes'] = (routes) => {
    if (this.#over) return
    this.#hasRoutes = true
    this.#options.context.setRoutes(routes)
  }

  readonly clearRoutes = (): void => {
    if (this.#over) return
    this.#hasRoutes = false
    this.#options.context.clearRoutes()
  }

  readonly setNameServers: InterfaceControl['setNameServers'] = (nameServers) => {
    if (this.#over) return
    this.#hasNameServers = true
    this.#options.context.setNameServers(nameServers)
  }

  readonly clearNameServers = (): void => {
    if (this.#over) return
    this.#hasNameServers = false
    this.#options.context.clearNameServers()
  }

  readonly writeAttribute: InterfaceControl['writeAttribute'] = async (path, text) => {
    if (!this.#over) await this.#options.context.writeAttribute(path, text)
  }

  readonly addAddress = async ({ address, prefixLength, peer }: PartAddress): Promise<void> => {
    const { context, addresses, signal } = this.#options
    if (this.#over || signal.aborted) return
    const command: AddressCommand = {
      type: 'replaceAddress',
      ifname: context.ifname,
      address,
      prefixLength,
      ...(peer === undefined ? {} : { peer }),
      noPrefixRoute: true,
      protocol: OUR_PROTOCOL,
    }
    this.#addresses.set(keyOf(command), command)
    const added = await addresses.add(command, signal)
    if (added instanceof NetworkError) {
      this.#addresses.delete(keyOf(command))
      throw added
    }
  }

  readonly deleteAddress = async ({ address, prefixLength }: PartAddress): Promise<void> => {
    if (!this.#addresses.delete(keyOf({ address, prefixLength }))) return
    await this.#options.addresses.remove([{ address, prefixLength }])
  }

  readonly setConnection = (connection: Connection, reason: string): void => {
    const { context, judges, name, signal, setConnection } = this.#options
    if (this.#over || signal.aborted) return
    if (!judges) {
      context.logger.error({ ifname: context.ifname, service: name }, 'only the judge of a plan sets the connection')
      return
    }
    this.#connection = connection
    setConnection(connection, reason)
  }

  readonly setProblem = (text: string | undefined): void => {
    if (!this.#over && !this.#options.signal.aborted) this.#options.setProblem(text)
  }

  /** The part has ended: takes back what it has left. `alone`: its interface goes on without it. Never rejects. */
  async withdraw(alone: boolean): Promise<void> {
    if (this.#over) return
    const { context, addresses, setConnection, setProblem, name } = this.#options
    setProblem(undefined)
    if (alone && this.#connection !== 'disconnected') setConnection('disconnected', `${name} has ended`)
    if (this.#hasRoutes) this.clearRoutes()
    if (this.#hasNameServers) this.clearNameServers()
    this.#over = true
    const left = [...this.#addresses.values()]
    this.#addresses.clear()
    if (left.length === 0) return
    await addresses.remove(left).catch((thrown: unknown) => {
      context.logger.error({ ifname: context.ifname, service: name }, `addresses of a part: ${messageOf(thrown)}`)
    })
  }
}

function keyOf({ address, prefixLength }: AddressKey): string {
  return `${address}/${prefixLength}`
}
