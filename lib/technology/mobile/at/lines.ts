/** Octets of a modem as lines. Pure. */

/** An answer is some hundred characters; what never ends is garbage, such as frames of PPP. */
const LINE_LIMIT_CHARS = 1_024

/** Incremental: chunks in, complete lines out, empty ones left out. Lines end in CR, LF or both. */
export class AtLines {
  #rest = ''

  push(chunk: Uint8Array): string[] {
    let text = this.#rest
    for (const octet of chunk) text += String.fromCharCode(octet)
    const pieces = text.split(/[\r\n]/)
    this.#rest = (pieces.pop() ?? '').slice(0, LINE_LIMIT_CHARS)
    return pieces.map((line) => line.slice(0, LINE_LIMIT_CHARS).trim()).filter((line) => line !== '')
  }

  /** Whether a line has begun. */
  get pending(): boolean {
    return this.#rest !== ''
  }

  /** Forgets a line that does not go on; returns it. */
  drop(): string {
    const dropped = this.#rest
    this.#rest = ''
    return dropped
  }
}
