/** A record of `ip -N -d -j` that remembers what was read of it, so that nothing of it is passed over unnoticed. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

export class IpRecord {
  readonly #members: Map<string, Json>

  constructor(value: Json | undefined) {
    this.#members = new Map(isObject(value) ? Object.entries(value) : [])
  }

  has(name: string): boolean {
    return this.#members.has(name)
  }

  /** The member, which counts as read from now on. */
  take(name: string): Json | undefined {
    const value = this.#members.get(name)
    this.#members.delete(name)
    return value
  }

  text(name: string): string | undefined {
    const value = this.take(name)
    return value === undefined || value === null ? undefined : String(value)
  }

  /** Numbers, and numbers that are written as text because a word might stand there: '254', '0x10', '[33024]'. */
  number(name: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : Number(text.replace(/^\[(.*)\]$/, '$1').replace(/^ipproto-/, ''))
  }

  /** True, 'on', 1, and a name that stands there without a value. */
  flag(name: string): boolean {
    const present = this.has(name)
    const value = this.take(name)
    return present && (value === null || value === true || value === 1 || value === 'on')
  }

  words(name: string): readonly string[] {
    const value = this.take(name)
    return Array.isArray(value) ? value.map(String) : []
  }

  record(name: string): IpRecord {
    return new IpRecord(this.take(name))
  }

  records(name: string): readonly IpRecord[] {
    const value = this.take(name)
    return Array.isArray(value) ? value.map((each: Json) => new IpRecord(each)) : []
  }

  /** Drops what is left out on purpose; returns the names that nobody has read. */
  unread(leftOut: readonly string[]): readonly string[] {
    return [...this.#members.keys()].filter((name) => !leftOut.includes(name))
  }
}

function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
