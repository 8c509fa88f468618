/**
 * Text of the control socket. A datagram is octets; here each stands as one character of 0 to 255 until a value is read, so
 * that nothing of a name that is no UTF-8 is lost on the way.
 */

/** Characters a call to String.fromCharCode: far below what an argument list may hold. */
const CHUNK_BYTES = 4_096

/** One character for each octet. */
export function fromOctets(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES))
  }
  return text
}

/** The octets of a command: ours are text, which goes as UTF-8. */
export function toOctets(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

const ESCAPED: Readonly<Record<string, number>> = {
  '"': 0x22,
  '\\': 0x5c,
  e: 0x1b,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
}

/** Undoes wpa_supplicant's escapes: `\xHH \" \\ \e \n \r \t`. Anything else behind a backslash stands as it is. */
export function unescapeOctets(text: string): Uint8Array {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const next = text[at + 1]
    const hex = next === 'x' ? /^[0-9a-fA-F]{2}/.exec(text.slice(at + 2, at + 4))?.[0] : undefined
    const escaped = next === undefined ? undefined : ESCAPED[next]
    if (text[at] === '\\' && hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16))
      at += 3
    } else if (text[at] === '\\' && escaped !== undefined) {
      bytes.push(escaped)
      at += 1
    } else {
      bytes.push(text.charCodeAt(at) & 0xff)
    }
  }
  return Uint8Array.from(bytes)
}

/** Octets as text, or undefined where they are no UTF-8. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** A value as text, its escapes undone; what is no UTF-8 in it shows as U+FFFD. */
export function readText(value: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(unescapeOctets(value))
}

/** A network's name: text, and the octets in hexadecimal where they are no text. */
export interface Ssid {
  /** What is no UTF-8 shows as U+FFFD. */
  readonly ssid: string
  /** Lower-case hexadecimal; absent where `ssid` says it all. */
  readonly ssidHex?: string
}

export function ssidOf(bytes: Uint8Array): Ssid {
  const ssid = utf8Of(bytes)
  if (ssid !== undefined) return { ssid }
  return { ssid: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), ssidHex: hexOf(bytes) }
}

/** A name as wpa_supplicant prints it. */
export function readSsid(value: string): Ssid {
  return ssidOf(unescapeOctets(value))
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
