// receive BUFFER_BYTES: a Node program that reads `ip monitor address` and splits its lines into objects.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const QUIET_MS = 100
const monitor = spawn('ip', ['-rcvbuf', process.argv[2], '-oneline', 'monitor', 'address'], {
  stdio: ['ignore', 'pipe', 'pipe'],
})
let latest
let died
let lastAtNs = 0n
const stamps = []
let events = 0

function take(line) {
  const words = line.split(/\s+/)
  const gone = words[0] === 'Deleted'
  const [index, ifname, family, address] = gone ? words.slice(1) : words
  const [text, length] = address.split('/')
  latest = { gone, ifindex: Number.parseInt(index, 10), ifname, family, address: text, prefixLength: Number(length) }
  lastAtNs = process.hrtime.bigint()
  events += 1
  if (stamps.length < 100_000) stamps.push(lastAtNs)
}

/** CPU time of Node and of the one thread of `ip`. */
function cpuUs() {
  const { user, system } = process.cpuUsage()
  return user + system + Number(readFileSync(`/proc/${monitor.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000
}

async function quiet() {
  for (let before = -1; before !== events; ) {
    before = events
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  }
}

createInterface({ input: monitor.stdout }).on('line', take)
monitor.stderr.setEncoding('utf8').on('data', (text) => {
  died ??= text.trim()
})
let since = { events: 0, cpuUs: 0 }
createInterface({ input: process.stdin }).on('line', async (line) => {
  await quiet()
  if (line === 'mark') {
    stamps.length = 0
    since = { events, cpuUs: cpuUs() }
    process.stdout.write('marked\n')
    return
  }
  const stampsNs = events - since.events <= 10_000 ? stamps.map(Number) : []
  const result = { events: events - since.events, cpuUs: cpuUs() - since.cpuUs, lastAtNs: Number(lastAtNs), stampsNs }
  process.stdout.write(`${JSON.stringify(died === undefined ? result : { ...result, died, latest })}\n`)
  monitor.kill()
  process.exit(0)
})
process.stdin.on('end', () => monitor.kill())
monitor.on('spawn', () => process.stdout.write(`ready ${monitor.pid}\n`))
