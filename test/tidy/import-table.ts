/** Who may import whom: the table of ARCHITECTURE.md, and the check of one import against it. */

/**
 * Part of lib/ → the parts it may import; `types` only by `import type`. A part is a folder, a file without `.ts`, or one of
 * the folders in a folder that have a row of their own.
 */
export interface Permission {
  readonly values: readonly string[]
  readonly types?: readonly string[]
}

const GROUND = ['base', 'errors']
const FOUNDATIONS = ['kernel', 'properties', 'persistence', 'supervision', 'config', 'serial']
const DECIDERS = ['routing', 'connectivity', 'naming', 'resolver']
const BELOW_INTERFACE = [...GROUND, ...FOUNDATIONS, 'dhcp', 'technology', ...DECIDERS, 'power']
/** Builds every part: the files of lib/ itself besides index and errors. */
const COMPOSITION_ROOT = ['vintage-net', 'options', 'check-options', 'composition', 'version']
const BELOW_INDEX = [...BELOW_INTERFACE, 'interface', 'verification', ...COMPOSITION_ROOT]
/** The public entries of the package. */
const AS_A_USER = ['index', 'kernel/index', ...GROUND]

export const LIB_TABLE: Readonly<Record<string, Permission>> = {
  ...Object.fromEntries(GROUND.map((part) => [part, { values: [] }])),
  ...Object.fromEntries(FOUNDATIONS.map((part) => [part, { values: GROUND }])),
  kernel: { values: ['kernel/carriage', ...GROUND] },
  'kernel/index': { values: ['kernel', ...GROUND] },
  'kernel/carriage': { values: ['kernel', ...GROUND] },
  dhcp: { values: ['supervision', 'config', ...GROUND] },
  technology: { values: [...GROUND, 'config', 'dhcp'], types: ['supervision', 'properties', 'kernel', 'serial'] },
  ...Object.fromEntries(DECIDERS.map((part) => [part, { values: ['kernel', 'properties', 'config', ...GROUND] }])),
  power: { values: ['kernel', 'properties', 'supervision', 'config', ...GROUND] },
  interface: { values: BELOW_INTERFACE },
  verification: { values: ['kernel', 'supervision', 'technology', ...GROUND] },
  ...Object.fromEntries(COMPOSITION_ROOT.map((part) => [part, { values: BELOW_INDEX }])),
  testing: { values: BELOW_INDEX },
  index: { values: BELOW_INDEX },
  control: { values: AS_A_USER },
  cli: { values: ['control', 'metrics', ...AS_A_USER] },
  metrics: { values: AS_A_USER },
}

const NATIVE_NOUNS = ['rtnl', 'genl', 'diag', 'probe', 'uevent', 'datagram']
const ON_NETLINK = { values: ['netlink', 'base'] }
const ON_BASE = { values: ['base'] }

export const NATIVE_TABLE: Readonly<Record<string, Permission>> = {
  base: { values: [] },
  netlink: ON_BASE,
  rtnl: ON_NETLINK,
  genl: ON_NETLINK,
  diag: ON_NETLINK,
  probe: ON_BASE,
  uevent: ON_BASE,
  datagram: ON_BASE,
  engine: { values: [...NATIVE_NOUNS, 'engine/fields', 'engine/record', 'netlink', 'base'] },
  'engine/fields': { values: ['engine', 'rtnl', 'genl', 'diag', 'uevent', 'base'] },
  'engine/record': { values: ['engine', 'base'] },
  binding: { values: ['engine', 'engine/fields', 'engine/record', 'base'] },
  addon: { values: ['binding'] },
}

/** The part that a path below lib/ or native/ belongs to: its folder with a row, or a root file's name without extension. */
export function partOf(path: string): string {
  const [first = '', second] = path.split('/')
  const nested = `${first}/${second}`
  // The public entry of a part, which may be reached by who may not see the part.
  if (/^kernel\/index\.[jt]s$/.test(path)) return 'kernel/index'
  if (nested in LIB_TABLE || nested in NATIVE_TABLE) return nested
  return path.includes('/') ? first : first.replace(/\.[a-z]+$/, '')
}

/** What is wrong with `from` (a part) importing `to`, or undefined. */
export function importProblem(
  table: Readonly<Record<string, Permission>>,
  from: string,
  to: string,
  typeOnly: boolean,
): string | undefined {
  const permission = table[from]
  if (permission === undefined) return `${from} is not in the import table`
  if (from === to || permission.values.includes(to)) return undefined
  if (permission.types?.includes(to)) return typeOnly ? undefined : `${from} may import only types of ${to}`
  return `${from} may not import ${to}`
}
