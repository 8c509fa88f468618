/** What a handshake says about a peer, and when to look again. Pure; times in milliseconds. */

/** REJECT_AFTER_TIME of WireGuard: keys are not used longer than this. Peers that talk make new ones after 120 s. */
export const KEYS_LAST_MS = 180_000
/** An answer to a question takes a second or two over the worst of links; the kernel repeats it every 5 s. */
export const ANSWER_LIMIT_MS = 15_000
/** How often a peer that does not answer is looked up and asked anew. */
export const ASK_AGAIN_MS = 30_000
/** While an answer may come at any moment. */
const EXPECTING_LOOK_MS = 1_000
/** While nobody answers, or somebody looks on. */
const IDLE_LOOK_MS = 5_000

/** The last handshake with a peer. */
export interface Handshake {
  /** By the wall clock, as the kernel tells it; undefined: none. */
  readonly wallMs: number | undefined
  /** The same by the monotonic clock. */
  readonly atMs: number | undefined
}

export interface Now {
  readonly nowMs: number
  readonly wallMs: number
  /** When the peer was looked at before. */
  readonly lastLookMs: number | undefined
}

export const NO_HANDSHAKE: Handshake = { wallMs: undefined, atMs: undefined }

/**
 * Takes what the kernel tells. Its wall clock may have been set since (a machine without a battery begins in 1970): a
 * handshake that was not there at the last look is no older than that look, and ages by the monotonic clock from then on.
 */
export function noteHandshake(known: Handshake, wallMs: number | undefined, now: Now): Handshake {
  if (wallMs === undefined) return NO_HANDSHAKE
  if (wallMs === known.wallMs) return known
  const oldest = now.lastLookMs === undefined ? Number.POSITIVE_INFINITY : now.nowMs - now.lastLookMs
  const age = Math.min(Math.max(now.wallMs - wallMs, 0), oldest)
  return { wallMs, atMs: now.nowMs - age }
}

/** Undefined before the first handshake. */
export function ageOf({ atMs }: Handshake, nowMs: number): number | undefined {
  return atMs === undefined ? undefined : Math.max(0, nowMs - atMs)
}

/** It is time to ask the peer whether it is there: there are no keys any more. */
export function mustAsk(age: number | undefined): boolean {
  return age === undefined || age >= KEYS_LAST_MS
}

/** The peer has had time for an answer, and has given none. */
export function isSilent(age: number | undefined): boolean {
  return age === undefined || age >= KEYS_LAST_MS + ANSWER_LIMIT_MS
}

export interface LookOptions {
  /** Ages of the last handshakes. */
  readonly ages: readonly (number | undefined)[]
  /** Since a peer was last asked. */
  readonly sinceAskedMs: number
  readonly watched: boolean
}

/** The delay to the next look. Nobody answers or somebody looks on: soon; else when the judgement could change. */
export function nextLookMs({ ages, sinceAskedMs, watched }: LookOptions): number {
  const youngest = Math.min(...ages.map((age) => age ?? Number.POSITIVE_INFINITY))
  const expecting = sinceAskedMs < ANSWER_LIMIT_MS
  if (isSilent(youngest)) return expecting ? EXPECTING_LOOK_MS : IDLE_LOOK_MS
  if (mustAsk(youngest)) return EXPECTING_LOOK_MS
  const untilAsking = KEYS_LAST_MS - youngest
  if (watched) return Math.min(untilAsking, IDLE_LOOK_MS)
  // A peer that does not answer beside one that does is asked anew from time to time.
  return ages.some(mustAsk) ? Math.min(untilAsking, ASK_AGAIN_MS) : untilAsking
}
