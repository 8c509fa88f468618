/** The actor that gives links their predictable names: it tells the pure part what the kernel says, and renames. */

import { assertNever } from '../base/assert.js'
import type { Clock, Timer } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import { isNetworkError, messageOf } from '../errors.js'
import type { CommandResult, Kernel, KernelChange } from '../kernel/kernel.js'
import type { KernelCommand, Link } from '../kernel/messages.js'
import { type NameRule, readNameList } from './name-list.js'
import {
  type FoundLink,
  initialNaming,
  type NamingEffect,
  type NamingEvent,
  type NamingState,
  reduceNaming,
} from './naming.js'

export interface LinkNamingDeps {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly logger: Logger
  /** The option `ifnames`. */
  readonly ifnames: readonly NameRule[]
  /** What stands in the way of a name; undefined: nothing any more. */
  onProblem(ifname: string, text: string | undefined): void
}

/** Names change when a link appears, once by udev and once by us; more is somebody's quarrel. */
const MAX_PATH_ATTEMPTS = 4

/** Errno by name, as the kernel's refusals carry it. */
const EBUSY = 16

export class LinkNaming {
  readonly #deps: LinkNamingDeps
  readonly #timers = new Map<number, Timer>()
  readonly #running = new Set<Promise<void>>()
  /** Links whose device path is being asked for, or is known, with their names. */
  readonly #names = new Map<number, string>()
  #naming: NamingState
  #subscription: Subscription | undefined
  #stopped = false

  constructor(deps: LinkNamingDeps) {
    this.#deps = deps
    const { rules, complaints } = readNameList(deps.ifnames)
    for (const complaint of complaints) deps.logger.warn({ field: 'ifnames' }, `ifnames: ${complaint}`)
    this.#naming = initialNaming(rules)
  }

  /** Looks at every link; resolves when the renames that this caused have ended, well or not. */
  async start(): Promise<void> {
    const { kernel } = this.#deps
    this.#subscription = kernel.subscribe((changes) => {
      for (const change of changes) this.#changed(change)
    })
    const wanted = new Set(this.#naming.rules.map(({ ifname }) => ifname))
    const links = kernel.mirror.links()
    for (const { ifindex, ifname } of links) this.#names.set(ifindex, ifname)
    const paths = await Promise.all(links.map((link) => this.#hwPath(link.ifindex)))
    // A link that has a wanted name already keeps it against one that shares its path.
    const rank = ({ ifname }: FoundLink): number => (wanted.has(ifname) ? 0 : 1)
    const found = links.flatMap(({ ifindex }, at) => this.#found(ifindex, paths[at] ?? ''))
    found.sort((a, b) => rank(a) - rank(b) || a.ifindex - b.ifindex)
    this.#feed({ type: 'appeared', links: found })
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** Renames no more; resolves when a rename that is on its way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#subscription?.unsubscribe()
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    await Promise.all(this.#running)
  }

  #changed(change: KernelChange): void {
    if (change.type === 'linkGone') {
      if (this.#names.delete(change.ifindex)) this.#feed({ type: 'gone', ifindex: change.ifindex })
    } else if (change.type === 'link') this.#linkChanged(change)
  }

  #linkChanged({ ifindex, ifname }: Link): void {
    const known = this.#names.get(ifindex)
    if (known === ifname) return
    this.#names.set(ifindex, ifname)
    if (known !== undefined) return this.#feed({ type: 'renamed', ifindex, ifname })
    this.#track(
      this.#hwPath(ifindex).then((hwPath) => this.#feed({ type: 'appeared', links: this.#found(ifindex, hwPath) })),
    )
  }

  /** A link whose path is known, under the name that it has by now; none where it is gone. */
  #found(ifindex: number, hwPath: string): FoundLink[] {
    const ifname = this.#names.get(ifindex)
    return ifname === undefined ? [] : [{ ifindex, ifname, hwPath }]
  }

  /** The path of a link, which is asked for by name: an answer counts where the name is the same before and after. */
  async #hwPath(ifindex: number): Promise<string> {
    for (let count = 0; count < MAX_PATH_ATTEMPTS; count += 1) {
      const ifname = this.#names.get(ifindex)
      if (ifname === undefined) return ''
      const hwPath = await this.#deps.kernel.hwPath(ifname).catch(() => '')
      if (this.#names.get(ifindex) === ifname) return hwPath
    }
    return ''
  }

  #feed(event: NamingEvent): void {
    if (this.#stopped) return
    const { state, effects } = reduceNaming(this.#naming, event)
    this.#naming = state
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: NamingEffect): void {
    switch (effect.type) {
      case 'rename':
        return this.#track(this.#rename(effect))
      case 'startTimer': {
        const { ifindex, delayMs } = effect
        const fire = (): void => this.#feed({ type: 'retryTimer', ifindex })
        this.#timers.set(ifindex, this.#deps.clock.setTimer(delayMs, fire))
        return
      }
      case 'cancelTimer':
        this.#timers.get(effect.ifindex)?.cancel()
        this.#timers.delete(effect.ifindex)
        return
      case 'problem': {
        const { ifname, text } = effect
        if (text !== undefined) this.#deps.logger.warn({ ifname }, `predictable names: ${text}`)
        return this.#deps.onProblem(ifname, text)
      }
      default:
        return assertNever(effect)
    }
  }

  async #rename(effect: Extract<NamingEffect, { type: 'rename' }>): Promise<void> {
    const { ifindex, from, to } = effect
    const failure = await this.#setName(ifindex, to).catch(messageOf)
    if (failure === undefined) this.#deps.logger.info({ ifname: to, from }, `renamed ${from} to ${to}`)
    this.#feed({ type: 'renameEnded', ifindex, failure })
  }

  /** Resolves with what went wrong. Kernels before 6.2 refuse to rename a link that is up: it is set down for that long. */
  async #setName(ifindex: number, name: string): Promise<string | undefined> {
    const { kernel } = this.#deps
    const rename: KernelCommand = { type: 'setLink', ifindex, name }
    const [first] = await kernel.send([rename])
    if (!isNetworkError(first) || first.errno !== EBUSY || kernel.mirror.link(ifindex)?.up !== true) return text(first)
    const [, second] = await kernel.send([
      { type: 'setLink', ifindex, up: false },
      rename,
      { type: 'setLink', ifindex, up: true },
    ])
    return text(second)
  }

  #track(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
}

function text(result: CommandResult | undefined): string | undefined {
  return isNetworkError(result) ? result.message : undefined
}
