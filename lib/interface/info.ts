/** What info() prints: a snapshot as text. Pure. */

import type { InterfaceSnapshot, Snapshot } from './snapshot.js'

const MS_PER_MINUTE = 60_000

/** A duration as a person reads it: `123 ns`, `4.5 μs`, `6.7 ms`, `12.0 s`, `1:00:00`, `2 days, 3:04:05`. */
export function formatDuration(durationMs: number): string {
  const ns = Math.max(0, durationMs * 1e6)
  if (ns < 1e3) return `${Math.round(ns)} ns`
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} μs`
  if (ns < 1e9) return `${(ns / 1e6).toFixed(1)} ms`
  if (durationMs < MS_PER_MINUTE) return `${(durationMs / 1e3).toFixed(1)} s`
  const seconds = Math.floor(durationMs / 1e3)
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3_600)
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${hours}:${two(Math.floor((seconds % 3_600) / 60))}:${two(seconds % 60)}`
  return days > 0 ? `${days} days, ${time}` : time
}

/** The text of info(). */
export function formatSnapshot(snapshot: Snapshot): string {
  const names = Object.keys(snapshot.interfaces).sort()
  const lines = [
    `vintage-net ${snapshot.version}`,
    '',
    `All interfaces:       ${listed(snapshot.allInterfaces)}`,
    `Available interfaces: ${listed(snapshot.availableInterfaces)}`,
    `Connection:           ${snapshot.connection}`,
    `Name servers:         ${listed(snapshot.nameServers.map((server) => `${server.address} (${server.from.join(', ')})`))}`,
  ]
  const { checkpoint } = snapshot
  if (checkpoint !== undefined)
    lines.push(`Not yet confirmed:    ${checkpoint.id} (${checkpoint.interfaces.join(', ')})`)
  if (names.length === 0) lines.push('', 'No interfaces are configured.')
  for (const name of names) {
    const entry = snapshot.interfaces[name]
    if (entry !== undefined) lines.push('', ...formatInterface(name, entry))
  }
  return `${lines.join('\n')}\n`
}

function formatInterface(name: string, entry: InterfaceSnapshot): string[] {
  const lines = [`Interface ${name}`]
  const add = (label: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(`  ${`${label}:`.padEnd(16)}${value}`)
  }
  add('Type', entry.type)
  add('Power', entry.power)
  add('Present', String(entry.present))
  if (entry.present) {
    add('State', since(entry.state, entry.stateForMs))
    add('Connection', since(entry.connection, entry.connectionForMs))
    add(
      'Addresses',
      entry.addresses === undefined || entry.addresses.length === 0 ? undefined : entry.addresses.join(', '),
    )
    add('MAC address', entry.macAddress)
  }
  add('Reason', entry.reason)
  add('Repairs', entry.repairs === undefined ? undefined : String(entry.repairs))
  const recovery = entry.recovery as { readonly step: string; readonly attempts: number } | undefined
  add('Recovery', recovery === undefined ? undefined : `${recovery.step}, ${recovery.attempts} tried`)
  add('Persistence', entry.persistence)
  lines.push('  Configuration:')
  for (const line of JSON.stringify(entry.config, undefined, 2)?.split('\n') ?? []) lines.push(`    ${line}`)
  return lines
}

function since(value: string | undefined, durationMs: number | undefined): string | undefined {
  if (value === undefined) return undefined
  return durationMs === undefined ? value : `${value} (for ${formatDuration(durationMs)})`
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '(none)' : names.join(', ')
}
