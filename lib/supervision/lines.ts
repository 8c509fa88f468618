/** Splits a program's output into lines. Pure. */

/** A line is cut here: log lines of daemons are short, and a binary stream must not fill the memory. */
const LINE_LIMIT_CHARS = 4_096

/** Incremental: chunks in, complete lines out, empty ones skipped. */
export class LineSplitter {
  readonly #decoder = new TextDecoder()
  #rest = ''

  /** The lines that this chunk completes. */
  push(chunk: Uint8Array): string[] {
    return this.#take(this.#decoder.decode(chunk, { stream: true }))
  }

  /** The last line, where it does not end in a newline. */
  end(): string[] {
    return this.#take(`${this.#decoder.decode()}\n`)
  }

  #take(text: string): string[] {
    const pieces = (this.#rest + text).split('\n')
    this.#rest = pieces.pop() ?? ''
    if (this.#rest.length > LINE_LIMIT_CHARS) {
      pieces.push(this.#rest)
      this.#rest = ''
    }
    return pieces.map((line) => line.replace(/\r$/, '').slice(0, LINE_LIMIT_CHARS)).filter((line) => line !== '')
  }
}

/** Calls `onLine` for each line of a stream; resolves at its end, also where the stream breaks off. */
export async function readLines(stream: AsyncIterable<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const splitter = new LineSplitter()
  try {
    for await (const chunk of stream) splitter.push(chunk).forEach(onLine)
  } catch {
    // A broken pipe is an end: how the process ended is told by its exit.
  }
  splitter.end().forEach(onLine)
}
