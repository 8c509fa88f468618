/** Tells what happens: lines for a person, or JSON lines for a machine. */

export interface StoryEvent {
  readonly event: string
  readonly [detail: string]: unknown
}

export interface Story {
  /** One thing that happened; `text` is what a person reads, undefined: only machines hear of it. */
  tell(event: StoryEvent, text?: string): void
  /** A heading between the chapters; machines get it as an event. */
  chapter(title: string): void
}

const DIM = '\x1b[2m'
const BOLD = '\x1b[1m'
const GREEN = '\x1b[32m'
const RED = '\x1b[31m'
const YELLOW = '\x1b[33m'
const RESET = '\x1b[0m'

/** JSON lines, each with `event` and `atMs` since the start. */
export function jsonStory(nowMs: () => number): Story {
  const tell = (event: StoryEvent): void => {
    process.stdout.write(`${JSON.stringify({ ...event, atMs: Math.round(nowMs() * 1000) / 1000 })}\n`)
  }
  return { tell, chapter: (title) => tell({ event: 'chapter', title }) }
}

/** Lines with the time since the start; colours only on a terminal. */
export function textStory(nowMs: () => number, colours: boolean): Story {
  const paint = (code: string, text: string): string => (colours ? `${code}${text}${RESET}` : text)
  const shade = (text: string): string =>
    text
      .replace(/\b(internet|configured)\b/g, (word) => paint(GREEN, word))
      .replace(/\b(disconnected|no carrier)\b/g, (word) => paint(RED, word))
      .replace(/\b(lan|configuring|reconfiguring|retrying)\b/g, (word) => paint(YELLOW, word))
  return {
    tell(_event, text) {
      if (text === undefined) return
      const stamp = `${(nowMs() / 1000).toFixed(3).padStart(8)} s`
      process.stdout.write(`${paint(DIM, stamp)}  ${shade(text)}\n`)
    },
    chapter(title) {
      process.stdout.write(`\n${paint(BOLD, title)}\n`)
    },
  }
}
