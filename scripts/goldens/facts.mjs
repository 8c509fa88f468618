// What the sessions that compare facts have in common: test/native/golden.hh reads them.

import { execFileSync } from 'node:child_process'
import { readlinkSync, writeFileSync } from 'node:fs'

/** How long something may take to be as the scene wants it. */
const AWAIT_LIMIT_MS = 30_000
/** A look costs a process. */
const LOOK_PAUSE_MS = 50

export function ip(line) {
  return execFileSync('ip', line.split(' '), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** One link as `ip` has it. */
export function link(ifname) {
  return JSON.parse(ip(`-j link show dev ${ifname}`))[0]
}

/** The link-local address of a link. */
export function linkLocal(ifname) {
  const links = JSON.parse(ip(`-j -6 addr show dev ${ifname} scope link`))
  // An address of another scope leaves an empty object.
  return links.flatMap((each) => each.addr_info ?? []).find(({ local }) => local !== undefined)?.local
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Asks again until the answer is true. */
export async function until(title, ask) {
  const giveUpMs = performance.now() + AWAIT_LIMIT_MS
  while (!ask()) {
    if (performance.now() > giveUpMs) throw new Error(`never: ${title}`)
    await sleep(LOOK_PAUSE_MS)
  }
}

/** Facts of one object, below its key; what nobody told is left out. */
export function below(key, facts) {
  const told = Object.entries(facts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(told.map(([name, value]) => [`${key}.${name}`, value]))
}

export function writeFacts(path, facts) {
  writeFileSync(path, `${JSON.stringify(facts, null, 2)}\n`)
}

/** Duplicate address detection would delay addresses by a second. Throws outside of a namespace. */
export function prepareNamespace() {
  if (readlinkSync('/proc/self/ns/net') === process.env.VINTAGE_NET_OUTER_NETNS) throw new Error('not in a namespace')
  for (const part of ['all', 'default']) writeFileSync(`/proc/sys/net/ipv6/conf/${part}/accept_dad`, '0')
  ip('link set lo up')
}
