/** A port of a bridge or a bond: joins whenever its link is there and free, also late, and is released with the part. */

import type { Timer } from '../../base/clock.js'
import { isNetworkError, messageOf } from '../../errors.js'
import type { BridgePort, KernelCommand, Link } from '../../kernel/messages.js'
import type { Json, PartContext, PartService } from '../plan.js'

/** A refusal may pass; a link that somebody has released may be on its way to another master. */
const RETRY_MS = 5_000

export interface PortArgs {
  readonly port: string
  readonly master: 'bridge' | 'bond'
  /** What a bridge is told of its port. */
  readonly bridgePort?: BridgePort | undefined
  /** A bond prefers this port, or does so no more; absent where it prefers none. */
  readonly primary?: boolean | undefined
}

export function portPart(args: PortArgs): PartService {
  return { type: 'part', name: `port ${args.port}`, args: { ...args } as Json, start: startPort }
}

export async function startPort(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const port = new Port(args as unknown as PortArgs, context)
  port.start()
  return port
}

class Port implements AsyncDisposable {
  readonly #args: PortArgs
  readonly #context: PartContext
  /** The link that we have taken in, by its index, and whether it was up. */
  #joined: { readonly ifindex: number; readonly wasUp: boolean } | undefined
  #configured = false
  /** It is to be looked whether the port is up: afterwards that is for others to say. */
  #looksUp = true
  #timer: Timer | undefined
  /** One review at a time; never rejects. */
  #work: Promise<void> = Promise.resolve()

  constructor(args: PortArgs, context: PartContext) {
    this.#args = args
    this.#context = context
  }

  start(): void {
    const { kernel, observe, signal, ifname } = this.#context
    const { port } = this.#args
    const subscription = kernel.subscribe((changes) => {
      const concerns = changes.some(
        (change) =>
          (change.type === 'link' && [port, ifname].includes(change.ifname)) ||
          (change.type === 'linkGone' && change.ifindex === this.#joined?.ifindex) ||
          (change.type === 'link' && change.ifindex === this.#joined?.ifindex),
      )
      if (concerns) this.#review()
    })
    signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true })
    observe(['interface', port, 'type'], (type) => {
      this.#configured = type !== undefined && type !== 'null'
      this.#looksUp = true
      this.#review()
    })
  }

  #review(): void {
    this.#work = this.#work.then(() => this.#look()).catch((thrown: unknown) => this.#problem(messageOf(thrown)))
  }

  async #look(): Promise<void> {
    const { kernel, ifname, signal } = this.#context
    const { port } = this.#args
    const master = kernel.mirror.linkByName(ifname)
    if (signal.aborted || master === undefined) return
    const before = this.#joined === undefined ? undefined : kernel.mirror.link(this.#joined.ifindex)
    if (before?.master === master.ifindex && before.ifname === port) return await this.#raise(before)
    if (this.#joined !== undefined) {
      // A link of another name is not wanted any more; one that was taken away is left for a while.
      if (before?.master === master.ifindex) await this.#release()
      this.#joined = undefined
      if (before?.ifname === port) return this.#later(`${port} was taken out of ${ifname} by another program`)
    }
    const link = kernel.mirror.linkByName(port)
    if (link === undefined) return this.#wait()
    if (this.#timer !== undefined) return
    if (link.master === undefined || link.master === master.ifindex) await this.#join(link)
    else this.#problem(`${port} is a port of ${kernel.mirror.link(link.master)?.ifname ?? 'another link'} already`)
  }

  async #join(link: Link): Promise<void> {
    const { ifname, signal } = this.#context
    const { port, master, bridgePort, primary } = this.#args
    const { ifindex, up } = link
    const commands: KernelCommand[] = [
      // A bond takes only links that are down, and takes them up itself.
      ...(master === 'bond' && up && link.master === undefined
        ? [{ type: 'setLink', ifindex, up: false } as const]
        : []),
      { type: 'setLink', ifindex, master: ifname },
    ]
    const refused = await this.#send(commands)
    if (refused !== undefined) return this.#later(`${port} cannot join ${ifname}: ${refused}`)
    this.#joined = { ifindex, wasUp: up }
    const settings: KernelCommand[] = [
      ...(bridgePort === undefined ? [] : [{ type: 'setLink', ifindex, bridgePort } as const]),
      ...(primary === true ? [{ type: 'setLink', ifname, bond: { primary: ifindex } } as const] : []),
      // A bond knows the port that it prefers by name, also from before.
      ...(primary === false && (await this.#isPrimary(ifindex))
        ? [{ type: 'setLink', ifname, bond: { primary: 0 } } as const]
        : []),
    ]
    const unset = await this.#send(settings)
    this.#problem(unset === undefined ? undefined : `${port}: ${unset}`)
    this.#looksUp = true
    if (!signal.aborted) await this.#raise(link)
  }

  /** Asked, not read: the kernel does not tell of it while a bond is down. */
  async #isPrimary(ifindex: number): Promise<boolean> {
    const links = await this.#context.kernel.links()
    return links.find(({ ifname }) => ifname === this.#context.ifname)?.bond?.primary === ifindex
  }

  /** What is no interface of ours is up while it is a port. */
  async #raise({ ifindex, up }: Pick<Link, 'ifindex' | 'up'>): Promise<void> {
    const looks = this.#looksUp
    this.#looksUp = false
    if (!looks || up || this.#configured || this.#args.master === 'bond') return
    const refused = await this.#send([{ type: 'setLink', ifindex, up: true }])
    if (refused !== undefined) this.#problem(`${this.#args.port} cannot be taken up: ${refused}`)
  }

  /** Gives the link back as it was. */
  async #release(): Promise<void> {
    const joined = this.#joined
    this.#joined = undefined
    const { kernel, ifname } = this.#context
    const link = joined === undefined ? undefined : kernel.mirror.link(joined.ifindex)
    if (joined === undefined || link === undefined) return
    const master = kernel.mirror.linkByName(ifname)?.ifindex
    const { ifindex } = link
    if (link.master !== undefined && link.master === master) await this.#send([{ type: 'setLink', ifindex, master: 0 }])
    const up = joined.wasUp || this.#configured
    if (kernel.mirror.link(ifindex)?.up !== up) await this.#send([{ type: 'setLink', ifindex, up }])
  }

  /** The first refusal, for people. */
  async #send(commands: readonly KernelCommand[]): Promise<string | undefined> {
    for (const result of await this.#context.kernel.send(commands)) {
      if (isNetworkError(result)) return result.message
    }
    return undefined
  }

  /** Another link of that name has not been refused: it need not wait for the retry. */
  #wait(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#problem(`${this.#args.port} is waited for`)
  }

  #later(problem: string): void {
    this.#problem(problem)
    this.#timer?.cancel()
    this.#timer = this.#context.clock.setTimer(RETRY_MS, () => {
      this.#timer = undefined
      this.#review()
    })
  }

  #problem(text: string | undefined): void {
    this.#context.setProblem(text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel()
    await this.#work
    await this.#release()
  }
}
