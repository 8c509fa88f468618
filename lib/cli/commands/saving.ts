/** Whether a confirmed change is on the disk, as the property `persistence` of its interfaces tells. */

import { apiPath, type ControlClient } from '../client.js'

export interface Saving {
  /** 'confirmed and saved', 'confirmed, not saved (ENOSPC)'; 'confirmed' where the interfaces are not known. */
  readonly text: string
  /** What a restart would take back, and why. */
  readonly problem?: string
}

export async function savingOf(client: ControlClient, ifnames: readonly string[]): Promise<Saving> {
  if (ifnames.length === 0) return { text: 'confirmed' }
  const states = await Promise.all(ifnames.map((ifname) => persistenceOf(client, ifname)))
  if (states.every((state) => state === 'saved')) return { text: 'confirmed and saved' }
  const codes = new Set(states.flatMap((state) => /^failed: (.+)$/.exec(state)?.[1] ?? []))
  // Nothing was to be saved.
  if (codes.size === 0) return { text: 'confirmed, not saved' }
  const what = `not saved (${[...codes].join(', ')})`
  const failed = ifnames.filter((_, at) => states[at]?.startsWith('failed'))
  return { text: `confirmed, ${what}`, problem: `${failed.join(', ')}: in force, but ${what}` }
}

async function persistenceOf(client: ControlClient, ifname: string): Promise<string> {
  const pattern = JSON.stringify(['interface', ifname, 'persistence'])
  const answer = await client.json('GET', apiPath(['properties'], { pattern }))
  const [property] = (answer as { readonly properties: readonly { readonly value: unknown }[] }).properties
  return String(property?.value)
}
