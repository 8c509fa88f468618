/**
 * Which link is renamed to what, and when: the pure part. A device path gives its name to one link; a name that is held by
 * a link which is to leave it is waited for, a ring of such links is opened by a temporary name.
 */

import { type NameRule, VIRTUAL_PATH } from './name-list.js'

/** First wait before a refused rename is tried again, and before another program's rename is undone. */
const FIRST_RETRY_MS = 1_000
/** The wait doubles up to this, so that a quarrel with another program costs one rename a minute. */
const MAX_RETRY_MS = 60_000

/** With the index it has at most 15 bytes. Nobody configures it, and a crash leaves nothing that a start would not mend. */
const TEMPORARY_PREFIX = 'vntmp'

/** A link that is there, and what is being done about its name. */
interface NamedLink {
  readonly ifindex: number
  readonly ifname: string
  readonly hwPath: string
  /** The name that its path gives; undefined for a link that is left alone. */
  readonly wanted?: string | undefined
  readonly activity: 'idle' | 'renaming' | 'waiting'
  /** The name that is being given. */
  readonly target?: string | undefined
  /** Renames that failed or were undone by others; never forgotten while the link is there. */
  readonly setbacks: number
  /** What went wrong last. */
  readonly failure?: string | undefined
}

export interface NamingState {
  readonly rules: readonly NameRule[]
  readonly links: ReadonlyMap<number, NamedLink>
}

/** A link that was not known before. */
export interface FoundLink {
  readonly ifindex: number
  readonly ifname: string
  /** '' where unknown. */
  readonly hwPath: string
}

export type NamingEvent =
  /** All links that are there at the start, together, later one by one. Of two with one path the first is named. */
  | { readonly type: 'appeared'; readonly links: readonly FoundLink[] }
  /** By whomever. */
  | { readonly type: 'renamed'; readonly ifindex: number; readonly ifname: string }
  | { readonly type: 'gone'; readonly ifindex: number }
  /** The answer to `rename`; what it changed has been told before. */
  | { readonly type: 'renameEnded'; readonly ifindex: number; readonly failure?: string | undefined }
  | { readonly type: 'retryTimer'; readonly ifindex: number }

export type NamingEffect =
  | { readonly type: 'rename'; readonly ifindex: number; readonly from: string; readonly to: string }
  | { readonly type: 'startTimer'; readonly ifindex: number; readonly delayMs: number }
  | { readonly type: 'cancelTimer'; readonly ifindex: number }
  /** What stands in the way of a name; undefined: nothing any more. */
  | { readonly type: 'problem'; readonly ifname: string; readonly text: string | undefined }

export interface NamingStep {
  readonly state: NamingState
  readonly effects: readonly NamingEffect[]
}

/** Before any link is known. Of the rules each path and each name stands once. */
export function initialNaming(rules: readonly NameRule[]): NamingState {
  return { rules, links: new Map() }
}

/** One step. */
export function reduceNaming(state: NamingState, event: NamingEvent): NamingStep {
  const links = new Map(state.links)
  const effects = apply(links, event, state.rules)
  for (const link of [...links.values()]) {
    const target = nextTarget(links, link)
    if (target === undefined) continue
    links.set(link.ifindex, { ...link, activity: 'renaming', target })
    effects.push({ type: 'rename', ifindex: link.ifindex, from: link.ifname, to: target })
  }
  return { state: { ...state, links }, effects: [...effects, ...problemChanges(state.links, links)] }
}

function apply(links: Map<number, NamedLink>, event: NamingEvent, rules: readonly NameRule[]): NamingEffect[] {
  if (event.type === 'appeared') {
    for (const found of event.links) {
      const wanted = wantedName(links, found.hwPath, rules)
      links.set(found.ifindex, { ...found, wanted, failure: fault(links, found, rules), activity: 'idle', setbacks: 0 })
    }
    return []
  }
  const link = links.get(event.ifindex)
  switch (event.type) {
    case 'gone':
      links.delete(event.ifindex)
      return link?.activity === 'waiting' ? [{ type: 'cancelTimer', ifindex: event.ifindex }] : []
    case 'renamed': {
      if (link === undefined) return []
      const renamed = { ...link, ifname: event.ifname }
      links.set(link.ifindex, renamed)
      const undone = link.activity === 'idle' && link.wanted !== undefined && event.ifname !== link.wanted
      return undone ? [setBack(links, renamed, `another program renamed ${link.ifname} to ${event.ifname}`)] : []
    }
    case 'renameEnded': {
      if (link === undefined || link.activity !== 'renaming') return []
      if (event.failure !== undefined) return [setBack(links, link, event.failure)]
      if (link.ifname !== link.target)
        return [setBack(links, link, `another program renamed the link to ${link.ifname}`)]
      links.set(link.ifindex, { ...link, activity: 'idle', target: undefined, failure: undefined })
      return []
    }
    case 'retryTimer':
      if (link?.activity === 'waiting') links.set(link.ifindex, { ...link, activity: 'idle' })
      return []
  }
}

function wantedName(
  links: ReadonlyMap<number, NamedLink>,
  hwPath: string,
  rules: readonly NameRule[],
): string | undefined {
  if (hwPath === VIRTUAL_PATH || ownerOf(links, hwPath) !== undefined) return undefined
  return rules.find((rule) => rule.hwPath === hwPath)?.ifname
}

/** Why a new link gets no name although a rule speaks of its path. */
function fault(
  links: ReadonlyMap<number, NamedLink>,
  { ifname, hwPath }: FoundLink,
  rules: readonly NameRule[],
): string | undefined {
  const rule = rules.find((one) => one.hwPath === hwPath)
  if (rule === undefined) return undefined
  if (hwPath === VIRTUAL_PATH) return `all virtual links have the path ${hwPath}: ${ifname} is not renamed`
  const owner = ownerOf(links, hwPath)
  return owner === undefined ? undefined : `${hwPath} has given its name to ${owner.wanted} already: not renamed`
}

function ownerOf(links: ReadonlyMap<number, NamedLink>, hwPath: string): NamedLink | undefined {
  return [...links.values()].find((link) => link.hwPath === hwPath && link.wanted !== undefined)
}

/** The rename has failed or was undone: it waits. */
function setBack(links: Map<number, NamedLink>, link: NamedLink, failure: string): NamingEffect {
  const setbacks = link.setbacks + 1
  links.set(link.ifindex, { ...link, activity: 'waiting', target: undefined, setbacks, failure })
  const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (setbacks - 1), MAX_RETRY_MS)
  return { type: 'startTimer', ifindex: link.ifindex, delayMs }
}

/** The name that an idle link is to get now, undefined where it has it or has to wait for it. */
function nextTarget(links: ReadonlyMap<number, NamedLink>, link: NamedLink): string | undefined {
  const { wanted } = link
  if (!isToLeave(link) || link.activity !== 'idle' || wanted === undefined) return undefined
  if (isBeingTaken(links, wanted)) return undefined
  if (holderOf(links, wanted) === undefined) return wanted
  return isInIdleRing(links, link) ? `${TEMPORARY_PREFIX}${link.ifindex}` : undefined
}

function isToLeave(link: NamedLink): boolean {
  return link.wanted !== undefined && link.ifname !== link.wanted
}

function holderOf(links: ReadonlyMap<number, NamedLink>, ifname: string | undefined): NamedLink | undefined {
  return [...links.values()].find((link) => link.ifname === ifname)
}

function isBeingTaken(links: ReadonlyMap<number, NamedLink>, ifname: string): boolean {
  return [...links.values()].some((link) => link.activity === 'renaming' && link.target === ifname)
}

/** Each waits for the name of the next, and the last for the name of the first; none of them is moving. */
function isInIdleRing(links: ReadonlyMap<number, NamedLink>, first: NamedLink): boolean {
  let link = first
  // A ring has at most all links in it.
  for (let count = 0; count < links.size; count += 1) {
    const holder = holderOf(links, link.wanted)
    if (holder === undefined || !isToLeave(holder) || holder.activity === 'renaming') return false
    if (holder.ifindex === first.ifindex) return true
    link = holder
  }
  return false
}

function problemChanges(
  before: ReadonlyMap<number, NamedLink>,
  after: ReadonlyMap<number, NamedLink>,
): readonly NamingEffect[] {
  const [old, now] = [problems(before), problems(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((ifname) => old.get(ifname) !== now.get(ifname))
    .map((ifname) => ({ type: 'problem', ifname, text: now.get(ifname) }))
}

/** By the name that cannot be given, or of the link that gets none. */
function problems(links: ReadonlyMap<number, NamedLink>): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const link of links.values()) {
    const text = problemOf(links, link)
    if (text === undefined) continue
    const ifname = link.wanted ?? link.ifname
    const known = texts.get(ifname)
    texts.set(ifname, known === undefined ? text : `${known}; ${text}`)
  }
  return texts
}

function problemOf(links: ReadonlyMap<number, NamedLink>, link: NamedLink): string | undefined {
  if (link.wanted === undefined) return link.failure
  if (!isToLeave(link)) return undefined
  if (link.failure !== undefined) return `${link.ifname} cannot be renamed to ${link.wanted}: ${link.failure}`
  const holder = holderOf(links, link.wanted)
  if (holder === undefined || isToLeave(holder)) return undefined
  return `${link.ifname} cannot be renamed to ${link.wanted}: another link, at ${holder.hwPath || 'an unknown path'}, has the name`
}
