/** The text of the ledger file. Pure. */

import * as v from 'valibot'

const daemonSchema = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(2)),
  startTime: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  program: v.string(),
  ifname: v.optional(v.string()),
})

const addressSchema = v.object({
  ifname: v.string(),
  address: v.string(),
  prefixLength: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(128)),
})

const linkSchema = v.object({ ifname: v.string(), kind: v.string() })

const restoreSchema = v.variant('type', [
  v.object({
    type: v.literal('setLink'),
    ifname: v.string(),
    macAddress: v.optional(v.string()),
    mtu: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  }),
  v.object({ type: v.literal('setSysctl'), path: v.array(v.string()), value: v.string() }),
])

const overwrittenSchema = v.object({
  ifname: v.string(),
  ifindex: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  key: v.string(),
  restore: restoreSchema,
})

const fileSchema = v.object({
  version: v.literal(1),
  bootId: v.string(),
  pidNamespace: v.string(),
  daemons: v.array(daemonSchema),
  addresses: v.array(addressSchema),
  // Absent in files of earlier versions.
  overwritten: v.optional(v.array(overwrittenSchema), []),
  links: v.optional(v.array(linkSchema), []),
})

/** A running daemon; `startTime` is field 22 of /proc/PID/stat, in clock ticks after boot. */
export interface DaemonRecord {
  readonly pid: number
  readonly startTime: number
  readonly program: string
  readonly ifname?: string | undefined
}

/** An address that we added. */
export interface AddressRecord {
  readonly ifname: string
  readonly address: string
  readonly prefixLength: number
}

/** The command that puts a value back. */
export type RestoreCommand = v.InferOutput<typeof restoreSchema>

/** A value that a plan has overwritten. */
export interface OverwrittenRecord {
  /** Of the interface whose plan it was. */
  readonly ifname: string
  /** Of the interface's link; absent where it had none. */
  readonly ifindex?: number | undefined
  /** What it is a value of, such as `mtu eth0`. */
  readonly key: string
  readonly restore: RestoreCommand
}

/** A link that we made, or were about to make. */
export interface LinkRecord {
  readonly ifname: string
  /** IFLA_INFO_KIND. */
  readonly kind: string
}

export interface LedgerContent {
  readonly daemons: readonly DaemonRecord[]
  readonly addresses: readonly AddressRecord[]
  readonly overwritten: readonly OverwrittenRecord[]
  readonly links: readonly LinkRecord[]
}

export const EMPTY_LEDGER: LedgerContent = { daemons: [], addresses: [], overwritten: [], links: [] }

/** What must be the same for the records of an earlier run to mean anything. */
export interface LedgerScope {
  /** Addresses, processes and values of links and sysctls end with the boot. */
  readonly bootId: string
  /** Pids are numbers of one pid namespace. */
  readonly pidNamespace: string
}

export function encodeLedger(content: LedgerContent, scope: LedgerScope): string {
  return `${JSON.stringify({ version: 1, ...scope, ...content }, undefined, 1)}\n`
}

/** The records that still hold in `scope`; undefined where the text is not a ledger. */
export function decodeLedger(text: string, scope: LedgerScope): LedgerContent | undefined {
  const parsed = v.safeParse(fileSchema, parseJson(text))
  if (!parsed.success) return undefined
  const { bootId, pidNamespace, daemons, ...others } = parsed.output
  if (bootId !== scope.bootId) return EMPTY_LEDGER
  const { version: _version, ...rest } = others
  return { daemons: pidNamespace === scope.pidNamespace ? daemons : [], ...rest }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
