/** The option `ifnames`: which device gets which name, and which names may not be configured beside it. Pure. */

/** The device path that all virtual links share: it tells none from another. */
export const VIRTUAL_PATH = '/devices/virtual'

/** Names that the kernel numbers in the order of discovery. */
const NUMBERED_PREFIXES = ['eth', 'usb', 'wlan', 'wwan'] as const

/** One entry of `ifnames`: the link at `hwPath` is to be called `ifname`. */
export interface NameRule {
  readonly hwPath: string
  readonly ifname: string
}

/** A list that was read, and one text for each entry that was dropped or will not do what it seems to. */
export interface NameList {
  /** Each path once, each name once. */
  readonly rules: readonly NameRule[]
  readonly complaints: readonly string[]
}

/** The entries that hold: of several with one path or one name the first. */
export function readNameList(entries: readonly NameRule[]): NameList {
  const rules: NameRule[] = []
  const complaints: string[] = []
  for (const { hwPath, ifname } of entries) {
    if (rules.some((rule) => rule.hwPath === hwPath)) {
      complaints.push(`${hwPath} has a name already; ${ifname} is left out`)
    } else if (rules.some((rule) => rule.ifname === ifname)) {
      complaints.push(`${ifname} is another device's name already; ${hwPath} is left out`)
    } else {
      rules.push({ hwPath, ifname })
      if (isNumbered(ifname)) complaints.push(`${ifname} is a name that the kernel gives too, and cannot be configured`)
    }
  }
  return { rules, complaints }
}

/** Why a name may not be configured, or undefined. Without `ifnames` every name may. */
export function unpredictableName(ifname: string, entries: readonly NameRule[]): string | undefined {
  if (entries.length === 0 || !isNumbered(ifname)) return undefined
  return `interface name ${ifname} is not predictable: the kernel numbers it in the order of discovery; use a name that ifnames gives`
}

function isNumbered(ifname: string): boolean {
  return NUMBERED_PREFIXES.some((prefix) => ifname.startsWith(prefix))
}
