// node scripts/goldens/advertisement.mjs NAME CAPTURE FOLDER, inside a fresh network namespace: dnsmasq advertises name servers
// and search domains; stores what the kernel tells of it, and what dnsmasq was told to say.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { below, ip, link, linkLocal, prepareNamespace, until, writeFacts } from './facts.mjs'
import { watching } from './watching.mjs'

const [name, captureProgram, folder] = process.argv.slice(2)
const LIFETIME_S = 7_200
const SERVERS = ['2001:db8:1::53', '2001:db8:1::54']
const DOMAINS = ['lab.example', 'example.com']

const ARGS = [
  // As the lab does: it keeps its user, which a user namespace forbids to change.
  ...['--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--port=0', '--leasefile-ro'],
  ...['--bind-interfaces', '--interface=v1', '--except-interface=lo', '--enable-ra'],
  `--dhcp-range=2001:db8:1::,ra-only,64,${LIFETIME_S}`,
  `--dhcp-option=option6:dns-server,${SERVERS.map((address) => `[${address}]`).join(',')}`,
  `--dhcp-option=option6:domain-search,${DOMAINS.join(',')}`,
]

async function startRouter() {
  const router = spawn('dnsmasq', ARGS, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  router.stderr.setEncoding('utf8')
  for await (const text of router.stderr.iterator({ destroyOnReturn: false })) {
    said += text
    if (said.includes('router advertisement enabled')) return router
  }
  throw new Error(`dnsmasq has ended:\n${said}`)
}

prepareNamespace()
ip('link add v0 index 20 type veth peer name v1 index 21')
// What it sends to all nodes would come back to the router's own link.
writeFileSync('/proc/sys/net/ipv6/conf/v1/accept_ra', '0')
ip('addr add 2001:db8:1::1/64 dev v1')
ip('link set v1 up')
await watching(captureProgram, { what: 'advertisements', path: join(folder, `${name}.bin`) }, async () => {
  const router = await startRouter()
  // A link that comes up asks for routers.
  ip('link set v0 up')
  await until('an advertisement', () => ip('-6 route show default proto ra dev v0').trim() !== '')
  router.kill()
  await once(router, 'close')
})
const facts = { ifindex: link('v0').ifindex, router: linkLocal('v1'), lifetimeS: LIFETIME_S }
writeFacts(join(folder, `${name}.json`), {
  ...below('servers', { ...facts, servers: SERVERS.toSorted().join(' ') }),
  ...below('domains', { ...facts, domains: DOMAINS.toSorted().join(' ') }),
})
