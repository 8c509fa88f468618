// node scripts/goldens/uevents.mjs NAME CAPTURE FOLDER, inside a fresh network namespace: makes, renames and deletes links;
// stores the kernel's uevents of them, and what sysfs says of the same devices.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { below, ip, prepareNamespace, writeFacts } from './facts.mjs'
import { watching } from './watching.mjs'

const [name, captureProgram, folder] = process.argv.slice(2)
const ONE_QUEUE = 'numtxqueues 1 numrxqueues 1'
const CLASS = '/sys/class/net'

/** Below /sys. */
const devpathOf = (ifname) => realpathSync(join(CLASS, ifname)).slice('/sys'.length)

/** A uevent's facts, below its action and path. */
function event(action, devpath, facts) {
  return below(`${action} ${devpath}`, { action, devpath, ...facts })
}

/** What sysfs says of a link. */
function linkFacts(ifname) {
  const lines = readFileSync(join(CLASS, ifname, 'uevent'), 'utf8')
    .trim()
    .split('\n')
  const { INTERFACE, IFINDEX, DEVTYPE } = Object.fromEntries(lines.map((line) => line.split('=')))
  return { subsystem: 'net', ifname: INTERFACE, ifindex: Number(IFINDEX), devtype: DEVTYPE }
}

/** The links' and their queues' uevents of one action, as they are now. */
function told(action, ifnames) {
  const facts = ifnames.map((ifname) => {
    const devpath = devpathOf(ifname)
    const queues = readdirSync(join(CLASS, ifname, 'queues')).map((queue) =>
      event(action, `${devpath}/queues/${queue}`, { subsystem: 'queues' }),
    )
    return Object.assign(event(action, devpath, linkFacts(ifname)), ...queues)
  })
  return Object.assign({}, ...facts)
}

prepareNamespace()
// The machine's own shows the links of another namespace.
execFileSync('mount', ['-t', 'sysfs', 'none', '/sys'])
const facts = {}
await watching(captureProgram, { what: 'uevents', path: join(folder, `${name}.bin`) }, () => {
  // Without the figures it would make queues for each processor, and remove them at once.
  ip(`link add v0 ${ONE_QUEUE} index 20 type veth peer name v1 ${ONE_QUEUE} index 21`)
  ip('link add br0 index 22 type bridge')
  Object.assign(facts, told('add', ['v0', 'v1', 'br0']))
  const old = devpathOf('v1')
  ip('link set v1 name up-link')
  const moved = { ...linkFacts('up-link'), 'properties.0.key': 'DEVPATH_OLD', 'properties.0.value': old }
  Object.assign(facts, event('move', devpathOf('up-link'), moved))
  Object.assign(facts, told('remove', ['v0', 'up-link', 'br0']))
  ip('link del v0')
  ip('link del br0')
})
const count = Object.keys(facts).filter((path) => path.endsWith('.action')).length
writeFacts(join(folder, `${name}.json`), { length: count, ...facts })
