// node scripts/goldens/session.mjs SCENE CAPTURE FOLDER, inside a fresh network namespace or machine: sets the scene up,
// stores the kernel's datagrams and what `ip -N -d -j` says at the same moment, and takes the scene down again.

import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SCENES } from './scenes.mjs'
import { watching } from './watching.mjs'

const [sceneName, captureProgram, folder] = process.argv.slice(2)
const scene = SCENES.find(({ name }) => name === sceneName)

/** Each noun's dumps (address families) and the `ip` commands that list the same objects. */
const NOUNS = {
  link: { families: [0], lists: ['link show'] },
  address: { families: [2, 10], lists: ['addr show'] },
  route: { families: [2, 10], lists: ['-4 route show table all', '-6 route show table all'] },
  rule: { families: [2, 10], lists: ['-4 rule show', '-6 rule show'] },
  neighbour: { families: [0], lists: ['neigh show nud all'] },
  nexthop: { families: [0], lists: ['nexthop show'] },
}
/** linkwatch gathers carrier changes for up to a second; an emulated machine is forty times slower. */
const SETTLE_LIMIT_MS = 60_000
/** A look at the carriers costs a process. */
const LOOK_PAUSE_MS = 100
/** How often the kernel may change something between the first look and the last. */
const MAX_LOOKS = 20

function ip(...args) {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** A batch has one family, so each run of lines that begin with the same -4 or -6, or with neither, is one. */
function run(lines) {
  for (let at = 0; at < lines.length; ) {
    const family = /^-[46] /.exec(lines[at])?.[0] ?? ''
    let end = at + 1
    while (end < lines.length && (/^-[46] /.exec(lines[end])?.[0] ?? '') === family) end += 1
    const batch = lines.slice(at, end).map((line) => `${line.slice(family.length)}\n`)
    const options = [...(family === '' ? [] : [family.trim()]), '-batch', '-']
    execFileSync('ip', options, { input: batch.join(''), stdio: ['pipe', 'inherit', 'inherit'] })
    at = end
  }
}

/** Drops what runs by itself: two looks would never be equal. */
function withoutTimers(name, value) {
  return /_timer$|^(expires|valid_life_time|preferred_life_time|used|ref(cnt)?)$/.test(name) ? undefined : value
}

/** A line for each record, so that a change of one shows as one. Details of addresses are those of their links. */
function listOf(noun) {
  const records = NOUNS[noun].lists.flatMap((list) => {
    const output = ip(...(noun === 'address' ? [] : ['-d']), '-N', '-j', ...list.split(' '))
    return output.trim() === '' ? [] : JSON.parse(output, withoutTimers)
  })
  return `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`
}

function lists() {
  return Object.fromEntries(Object.keys(NOUNS).map((noun) => [noun, listOf(noun)]))
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function settle() {
  const giveUpMs = performance.now() + SETTLE_LIMIT_MS
  const settled = () =>
    JSON.parse(ip('-j', 'link', 'show')).every(({ ifname, operstate, flags }) =>
      scene.up.includes(ifname) ? flags.includes('LOWER_UP') && ['UP', 'UNKNOWN'].includes(operstate) : true,
    )
  while (!settled()) {
    if (performance.now() > giveUpMs) throw new Error(`no carrier on one of ${scene.up}\n${ip('link', 'show')}`)
    await sleep(LOOK_PAUSE_MS)
  }
}

function pathOf(name) {
  return join(folder, `${scene.name}-${name}`)
}

function dump(noun) {
  const parts = NOUNS[noun].families.map((family) => {
    const path = pathOf(`${noun}.bin`)
    execFileSync(captureProgram, ['dump', noun, String(family), path], { stdio: 'inherit' })
    return readFileSync(path)
  })
  writeFileSync(pathOf(`${noun}.bin`), Buffer.concat(parts))
}

/** Dumps between two equal looks: what `ip` says is what the dumps say. */
function dumpAll() {
  for (let look = 0; look < MAX_LOOKS; look++) {
    const before = lists()
    for (const noun of Object.keys(NOUNS)) dump(noun)
    const after = lists()
    if (JSON.stringify(before) !== JSON.stringify(after)) continue
    for (const [noun, text] of Object.entries(after)) writeFileSync(pathOf(`${noun}.json`), text)
    return
  }
  throw new Error('the namespace does not come to rest')
}

/** The deletion of what a line added; none for other lines. */
function undo(line) {
  const link = /^(?:link|tuntap) add (?:dev )?(\S+)/.exec(line)
  if (link !== null) return [`link del ${link[1]}`]
  const nexthop = /^nexthop add (id \d+)/.exec(line)
  if (nexthop !== null) return [`nexthop del ${nexthop[1]}`]
  const neighbour = /^neigh add (.*?)( lladdr.*)? (dev \S+)/.exec(line)
  if (neighbour !== null) return [`neigh del ${neighbour[1]} ${neighbour[3]}`]
  return / add /.test(` ${line}`) ? [line.replace(/\badd\b/, 'del')] : []
}

if (readlinkSync('/proc/self/ns/net') === process.env.VINTAGE_NET_OUTER_NETNS) throw new Error('not in a namespace')
// Duplicate address detection would delay addresses by a second, and its packets say nothing here.
for (const part of ['all', 'default']) writeFileSync(`/proc/sys/net/ipv6/conf/${part}/accept_dad`, '0')
const watchNouns = (name, work) => watching(captureProgram, { what: 'nouns', path: pathOf(`${name}.bin`) }, work)
await watchNouns('built', async () => {
  run(scene.lines)
  await settle()
  dumpAll()
})
await watchNouns('gone', () => run(scene.lines.toReversed().flatMap(undo)))
const left = Object.keys(NOUNS).map((noun) => `"${noun}": ${listOf(noun).trim()}`)
writeFileSync(pathOf('gone.json'), `{\n${left.join(',\n')}\n}\n`)
