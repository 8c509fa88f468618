// node scripts/goldens/sockets.mjs NAME CAPTURE FOLDER, inside a fresh network namespace: makes TCP sockets in several states;
// stores the kernel's dumps of them, and what `ss` says of the same sockets.

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { below, ip, link, linkLocal, prepareNamespace, sleep, until, writeFacts } from './facts.mjs'

const [name, captureProgram, folder] = process.argv.slice(2)
/** What was sent and what was received last must differ by more than the kernel's ticks. */
const PAUSE_MS = 300
/** More than the buffers of both ends hold. */
const FLOOD_BYTES = 16 * 1024 * 1024
/** How often the sockets may change between the first look and the last. */
const MAX_LOOKS = 20
/** Address families of the dumps. */
const FAMILIES = { 4: 2, 6: 10 }
const STATES = {
  ESTAB: 'established',
  'SYN-SENT': 'synSent',
  'FIN-WAIT-2': 'finWait2',
  'TIME-WAIT': 'timeWait',
  'CLOSE-WAIT': 'closeWait',
  LISTEN: 'listen',
}
const WILDCARDS = { 4: '0.0.0.0', 6: '::' }

function endpoint(text, family) {
  const [, v6, other, ifname, port] = /^(?:\[([^\]]+)\]|([^%:]+))(?:%([^:]+))?:(\d+|\*)$/.exec(text)
  const address = v6 ?? other
  const ifindex = ifname === undefined ? undefined : link(ifname).ifindex
  return { address: address === '*' ? WILDCARDS[family] : address, port: port === '*' ? 0 : Number(port), ifindex }
}

/** `ss` leaves out what is 0. */
function trafficFacts(text) {
  const number = (word) => Number(new RegExp(` ${word}:([\\d.]+)`).exec(text)?.[1] ?? 0)
  return {
    'traffic.bytesAcked': number('bytes_acked'),
    'traffic.bytesReceived': number('bytes_received'),
    'traffic.segsIn': number('segs_in'),
    'traffic.segsOut': number('segs_out'),
    'traffic.rttMs': number('rtt'),
    'traffic.retransmits': Number(/ retrans:\d+\/(\d+)/.exec(text)?.[1] ?? 0),
  }
}

const CLOCKS = { lastsnd: 'lastDataSentMs', lastrcv: 'lastDataReceivedMs', lastack: 'lastAckReceivedMs' }

/** One line of `ss`: what stands still, and what counts milliseconds. */
function socketOf(line, family) {
  const [state, receive, send, localText, remoteText] = line.split(/ +/)
  const [local, remote] = [endpoint(localText, family), endpoint(remoteText, family)]
  const hasTraffic = state !== 'TIME-WAIT'
  const facts = {
    family,
    state: STATES[state],
    localAddress: local.address,
    localPort: local.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
    ifindex: local.ifindex,
    uid: Number(/ uid:(\d+)/.exec(line)?.[1] ?? 0),
    inode: Number(/ ino:(\d+)/.exec(line)[1]),
    receiveQueueBytes: Number(receive),
    sendQueueBytes: Number(send),
    hasTraffic,
    ...(hasTraffic ? trafficFacts(line) : {}),
  }
  const clock = (word) => Number(new RegExp(` ${word}:(\\d+)`).exec(line)?.[1] ?? 0)
  const clocks = Object.entries(CLOCKS).map(([word, ours]) => [`traffic.${ours}`, clock(word)])
  const key = `${local.address}:${local.port} ${remote.address}:${remote.port}`
  return { key, facts, clocks: hasTraffic ? clocks : [] }
}

function look() {
  return Object.keys(FAMILIES).flatMap((family) => {
    const lines = execFileSync('ss', [`-${family}`, '-HtanieO'], { encoding: 'utf8' })
      .trim()
      .split('\n')
    return lines.map((line) => socketOf(line, Number(family)))
  })
}

function dump() {
  const path = join(folder, `${name}.bin`)
  const parts = Object.values(FAMILIES).map((family) => {
    execFileSync(captureProgram, ['dump', 'tcpSocket', String(family), path], { stdio: 'inherit' })
    return readFileSync(path)
  })
  writeFileSync(path, Buffer.concat(parts))
}

/** Clocks go on between the looks: ours must have read between them. */
function withBounds(before, after) {
  const bounds = after.clocks.flatMap(([path, ms], at) => [
    [`${path}.atLeast`, before.clocks[at][1]],
    [`${path}.atMost`, ms],
  ])
  return { ...after.facts, ...Object.fromEntries(bounds) }
}

/** Dumps between two equal looks. */
function dumpAll() {
  const factsOf = (sockets) => JSON.stringify(sockets.map(({ key, facts }) => ({ key, facts })))
  for (let count = 0; count < MAX_LOOKS; count += 1) {
    const before = look()
    dump()
    const after = look()
    if (factsOf(before) !== factsOf(after)) continue
    const facts = after.map((socket, at) => below(socket.key, withBounds(before[at], socket)))
    writeFacts(join(folder, `${name}.json`), { length: after.length, ...Object.assign({}, ...facts) })
    return
  }
  throw new Error('the sockets do not come to rest')
}

/** A listener and one connection to it, from a port of our choice. */
async function pair({ host, port, from, options = {} }) {
  const server = createServer(options)
  server.listen({ host, port })
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const near = connect({ host: from.host, port, localPort: from.port, allowHalfOpen: true })
  await once(near, 'connect')
  const [far] = await accepted
  return { near, far }
}

async function talk({ near, far }) {
  near.write(Buffer.alloc(1_000))
  await once(far, 'data')
  await sleep(PAUSE_MS)
  far.write(Buffer.alloc(2_500))
  await once(near, 'data')
}

prepareNamespace()
ip('link add v0 index 20 type veth peer name v1 index 21')
for (const line of ['192.0.2.1/24', '2001:db8::1/64']) ip(`addr add ${line} dev v0`)
for (const ifname of ['v0', 'v1']) ip(`link set ${ifname} up`)
await until('a link-local address', () => linkLocal('v0') !== undefined)
// Nobody answers for this one.
ip('neigh add 192.0.2.99 lladdr 02:00:00:00:00:99 dev v0 nud permanent')

await talk(await pair({ host: '192.0.2.1', port: 8001, from: { host: '192.0.2.1', port: 9001 } }))
await talk(await pair({ host: '2001:db8::1', port: 8002, from: { host: '2001:db8::1', port: 9002 } }))
// One of IPv6 that talks IPv4.
await pair({ host: '::', port: 8003, from: { host: '192.0.2.1', port: 9003 } })
const scoped = `${linkLocal('v0')}%v0`
await pair({ host: scoped, port: 8004, from: { host: scoped, port: 9004 } })
const half = await pair({
  host: '192.0.2.1',
  port: 8005,
  from: { host: '192.0.2.1', port: 9005 },
  options: { allowHalfOpen: true },
})
half.far.resume()
half.near.end()
const over = await pair({ host: '192.0.2.1', port: 8006, from: { host: '192.0.2.1', port: 9006 } })
over.far.resume()
over.near.resume().end()
const full = await pair({
  host: '192.0.2.1',
  port: 8007,
  from: { host: '192.0.2.1', port: 9007 },
  options: { pauseOnConnect: true },
})
full.near.write(Buffer.alloc(FLOOD_BYTES))
connect({ host: '192.0.2.99', port: 8008, localPort: 9008 }).on('error', () => undefined)
const has = (state) => look().some(({ facts }) => facts.state === state)
await until('every state', () => Object.values(STATES).every(has))
await until('a segment that was sent again', () =>
  look().some(({ facts }) => facts.state === 'synSent' && facts['traffic.retransmits'] > 0),
)
dumpAll()
process.exit(0)
