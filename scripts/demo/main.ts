/**
 * The demo: two Ethernet uplinks with real DHCP in namespaces of their own, a cable pulled and plugged in again.
 * Runs inside a world made by scripts/demo.mjs; nothing leaves it.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKernel } from '../../lib/kernel/index.js'
import type { Change } from '../../lib/properties/change.js'
import { VintageNet } from '../../lib/vintage-net.js'
import { INTERNET_HOSTS, Lab } from '../../test/support/lab.js'
import { untilDefaultRoute, watchDefaultRoute } from './default-route.js'
import { jsonStory, type Story, textStory } from './story.js'

const ONLINE_LIMIT_MS = 30_000
const FAILOVER_LIMIT_MS = 10_000

const startedAtMs = performance.now()
const nowMs = (): number => performance.now() - startedAtMs
const story = process.argv.includes('--json')
  ? jsonStory(nowMs)
  : textStory(nowMs, process.stdout.isTTY && process.env['NO_COLOR'] === undefined)

/** What a person wants to know of a changed property; undefined: nothing. */
function wording(change: Change): string | undefined {
  const [root, ifname = '', name] = change.path
  const value = change.newValue
  if (root === 'available_interfaces')
    return `available interfaces, best first: ${(value as string[]).join(', ') || 'none'}`
  if (root === 'connection') return `this machine is now: ${String(value)}`
  if (root === 'name_servers') {
    const servers = value as { address: string; from: string[] }[]
    return `name servers: ${servers.map((server) => `${server.address} (${server.from.join(', ')})`).join(', ') || 'none'}`
  }
  if (root !== 'interface' || !ifname.startsWith('eth')) return undefined
  const say = (text: string): string => `${ifname}  ${text}`
  switch (name) {
    case 'state':
      return say(value === undefined ? 'no longer configured' : `state ${String(value)}`)
    case 'lower_up':
      return value === undefined ? undefined : say(value === true ? 'carrier' : 'no carrier')
    case 'connection':
      return say(`connection ${String(value)}`)
    case 'dhcp_options': {
      if (value === undefined) return say('lease gone')
      const lease = value as { ip?: string; mask?: number; router?: string[]; lease?: number }
      return say(`lease ${lease.ip}/${lease.mask}, router ${lease.router?.[0] ?? 'none'}, for ${lease.lease} s`)
    }
    default:
      return undefined
  }
}

/** The way a packet to an Internet host takes, as the kernel says. */
async function tellWay(lab: Lab): Promise<void> {
  const host = INTERNET_HOSTS[0] ?? ''
  const [way] = await lab.ip<{ dev: string; gateway?: string }>('route', 'get', host)
  story.tell(
    { event: 'way', host, ifname: way?.dev, gateway: way?.gateway },
    `ip route get ${host}: via ${way?.gateway ?? 'nothing'} on ${way?.dev ?? 'nothing'}`,
  )
}

async function run(lab: Lab, folder: string): Promise<void> {
  story.chapter('A machine with two Ethernet uplinks, each with a router, a DHCP server and the Internet behind it')
  const first = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'dnsmasq' })
  await lab.addUplink({ ifname: 'eth1', subnet: '198.51.100.0/24', index: 11, dhcp: 'dnsmasq' })
  await using observer = await openKernel({ netns: lab.namespace })

  let carrierLostAtMs: number | undefined
  observer.subscribe((changes) => {
    for (const change of changes) {
      if (change.type === 'link' && change.ifname === 'eth0' && change.previous?.lowerUp && !change.lowerUp) {
        carrierLostAtMs = change.atMs
      }
    }
  })
  const failedOver = new Promise<void>((resolve) => {
    watchDefaultRoute(observer, ({ from, to, atMs }) => {
      const text =
        to === undefined
          ? 'no default route'
          : `default route via ${to.gateway ?? '-'} on ${to.ifname}, metric ${to.metric}`
      story.tell(
        { event: 'defaultRoute', from: from?.ifname, to: to?.ifname, gateway: to?.gateway, metric: to?.metric },
        text,
      )
      if (carrierLostAtMs === undefined || from === undefined || to === undefined || from.ifname !== 'eth0') return
      const ms = Math.round((atMs - carrierLostAtMs) * 1000) / 1000
      carrierLostAtMs = undefined
      story.tell(
        { event: 'failover', from: from.ifname, to: to.ifname, ms },
        `FAILOVER ${from.ifname} → ${to.ifname}: ${ms.toFixed(3)} ms from the carrier event to the new default route`,
      )
      resolve()
    })
  })

  const net = await VintageNet.start({
    netns: lab.namespace,
    tmpDir: join(folder, 'run'),
    resolvConf: join(folder, 'resolv.conf'),
    persistence: 'none',
    internetHostList: INTERNET_HOSTS.map((host) => ({ host, port: 53 })),
    config: { eth0: { type: 'ethernet' }, eth1: { type: 'ethernet' } },
  })
  try {
    net.subscribe([], (change) => {
      story.tell(
        { event: 'property', path: change.path, oldValue: change.oldValue, newValue: change.newValue },
        wording(change),
      )
    })
    for (const ifname of ['eth0', 'eth1']) {
      await lab.guard(net.until(['interface', ifname, 'connection'], 'internet', { deadlineMs: ONLINE_LIMIT_MS }))
    }
    await net.until(['available_interfaces'], (value) => (value as string[] | undefined)?.[0] === 'eth0', {
      deadlineMs: ONLINE_LIMIT_MS,
    })
    await tellWay(lab)

    story.chapter('The cable of eth0 is pulled')
    story.tell({ event: 'cablePulled', ifname: 'eth0' })
    await first.pullCable()
    await within(failedOver, FAILOVER_LIMIT_MS, 'the failover')
    await tellWay(lab)

    story.chapter('The cable is plugged in again')
    story.tell({ event: 'cablePluggedIn', ifname: 'eth0' })
    const failbackFromMs = nowMs()
    await first.plugIn()
    await net.until(['interface', 'eth0', 'connection'], 'internet', { deadlineMs: ONLINE_LIMIT_MS })
    await net.until(['available_interfaces'], (value) => (value as string[] | undefined)?.[0] === 'eth0', {
      deadlineMs: ONLINE_LIMIT_MS,
    })
    await within(untilDefaultRoute(observer, 'eth0'), FAILOVER_LIMIT_MS, 'the failback')
    const ms = Math.round(nowMs() - failbackFromMs)
    story.tell(
      { event: 'failback', from: 'eth1', to: 'eth0', ms },
      `FAILBACK eth1 → eth0: ${ms} ms, after the Internet check of eth0 succeeded again`,
    )
    await tellWay(lab)

    story.chapter('info()')
    story.tell({ event: 'info', text: net.info(), snapshot: net.snapshot() })
    if (!process.argv.includes('--json')) process.stdout.write(net.info())
  } finally {
    story.chapter('stop()')
    await net.stop()
  }
  tellEnd(story, await observer.routes(), await observer.rules())
}

/** After stop(): what of ours is left in the kernel. */
function tellEnd(story: Story, routes: readonly { protocol: number }[], rules: readonly { protocol: number }[]): void {
  const ours = [...routes, ...rules].filter((object) => object.protocol === 183).length
  story.tell({ event: 'stopped', left: ours }, `routes and rules of ours left in the kernel: ${ours}`)
  if (ours > 0) throw new Error(`${ours} routes and rules were left behind`)
}

async function within<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${limitMs} ms`)), limitMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const folder = await mkdtemp(join(tmpdir(), 'vintage-net-demo-'))
try {
  const lab = await Lab.create()
  try {
    await run(lab, folder)
  } finally {
    await lab.destroy()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
