/** What the control API takes on at most, so that no client can take the daemon's memory or descriptors. */

/** A configuration of 256 networks is a tenth of it. */
export const MAX_BODY_BYTES = 1_048_576
/** Connections of a server at a time: a person, a few programs, a supervisor. More are told so and closed. */
export const MAX_CLIENT_COUNT = 64
/** Connections that are being told to come back later; beyond, they are closed without a word. */
export const MAX_REFUSED_COUNT = 256
/** Streams of changes at a time, each of which may hold what waits for a slow reader. */
export const MAX_WATCHER_COUNT = 32
/** A request's head has come by then. */
export const HEADERS_LIMIT_MS = 10_000
/** A request has come whole by then; its answer may take longer. */
export const REQUEST_LIMIT_MS = 30_000
/** A client that takes nothing of its answer for so long hangs. How long an operation takes before it answers is its own affair. */
export const ANSWER_LIMIT_MS = 30_000
export const KEEP_ALIVE_LIMIT_MS = 5_000
/** A reader of changes that takes nothing for so long hangs. */
export const DRAIN_LIMIT_MS = 10_000
/** How long the last words to a client may take. */
export const LAST_WORDS_LIMIT_MS = 1_000
/** Between two signs of life on a stream of changes on which nothing happens. */
export const HEARTBEAT_MS = 15_000
/** A path of properties has six elements at most. */
export const MAX_PATTERN_CHARS = 1_024
