/** The rule for names of links: what the kernel's dev_valid_name() and its name templates accept. */

/** IFNAMSIZ is 16 bytes, and one of them ends the string. */
const MAX_NAME_BYTES = 15

/** Enough of a wrong name to recognise it in an error text. */
const MAX_QUOTED_CHARS = 40

/** The kernel's isspace() goes byte by byte and counts 0xa0 as white space, so a UTF-8 letter such as "à" is refused. */
const SPACE_BYTES: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0xa0])

/** Returns what is wrong with an interface name as a phrase for an error text, or undefined when Linux accepts it. */
export function checkInterfaceName(name: unknown): string | undefined {
  if (typeof name !== 'string') return `an interface name is a string, not ${name === null ? 'null' : typeof name}`
  const quoted = `interface name ${JSON.stringify(name.slice(0, MAX_QUOTED_CHARS))}`
  if (name === '') return `${quoted} is empty`
  // The length in characters first: it spares encoding a text of any size.
  if (name.length > MAX_NAME_BYTES) return `${quoted} is longer than ${MAX_NAME_BYTES} bytes`
  const bytes = new TextEncoder().encode(name)
  if (bytes.length > MAX_NAME_BYTES) return `${quoted} is longer than ${MAX_NAME_BYTES} bytes`
  if (name === '.' || name === '..') return `${quoted} means a directory`
  if (name.includes('/')) return `${quoted} contains "/"`
  if (name.includes(':')) return `${quoted} contains ":", which belongs to address labels`
  // The kernel takes "%" for the template of a numbered name, as in "eth%d".
  if (name.includes('%')) return `${quoted} contains "%"`
  if (name.includes('\0')) return `${quoted} contains a zero byte`
  if (bytes.some((byte) => SPACE_BYTES.has(byte)))
    return `${quoted} contains white space, or a byte that the kernel takes for it`
  return undefined
}
