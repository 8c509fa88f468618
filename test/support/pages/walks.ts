/** The two walks of ARCHITECTURE.md, as they happen in an instance over fakes. */

import type { VintageNetOptions } from '../../../lib/options.js'
import { ScriptedDaemons, udhcpcEvent } from '../../../lib/testing/scripted-daemon.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { SimulatedDisk } from '../../../lib/testing/simulated-disk.js'
import { VintageNet } from '../../../lib/vintage-net.js'
import { type Message, WalkRecorder } from './walk-recorder.js'

/** Of two uplinks, by name. */
const ADDRESSES: Readonly<Record<string, string>> = { eth0: '192.0.2', eth1: '198.51.100' }
const HOST = { host: '203.0.113.1', port: 53 }
/** Time enough for an address and three checks, and less than a lease. */
const SETTLING_MS = 40_000
const RESOLV_CONF = '/etc/resolv.conf'
const GRACE_MS = 5_000
const STOP_MS = 20_000

/** What a walk goes over. */
interface Scene {
  readonly recorder: WalkRecorder
  readonly net: VintageNet
  readonly clock: SimulatedClock
  readonly lab: ReturnType<WalkRecorder['kernel']>['lab']
}

/** The cable of eth0 is pulled, eth1 is the other uplink. */
export async function cableWalk(): Promise<readonly Message[]> {
  const config = { eth0: { type: 'ethernet' }, eth1: { type: 'ethernet' } }
  return await walk({ config, persistence: 'none' }, async ({ recorder, net, clock, lab }) => {
    await clock.advance(SETTLING_MS)
    net.subscribe([], (change) => recorder.told(change))
    await recorder.during(async () => {
      recorder.note('kernel', 'the cable of eth0 is pulled')
      lab.setCarrier('eth0', false)
      await clock.advance(0)
      recorder.note('kernel', `${GRACE_MS} ms later, carrierGraceMs`)
      await clock.advance(GRACE_MS)
    })
  })
}

/** `configure` of an interface that was not configured, until it has the internet. */
export async function configureWalk(): Promise<readonly Message[]> {
  return await walk({}, async ({ recorder, net, clock }) => {
    await clock.advance(SETTLING_MS)
    net.subscribe([], (change) => recorder.told(change))
    await recorder.during(async () => {
      recorder.note('subscriber', "configure('eth0', { type: 'ethernet' })")
      const configured = net
        .configure('eth0', { type: 'ethernet' })
        .then(() => recorder.note('subscriber', 'configure has resolved'))
      await clock.advance(SETTLING_MS)
      await configured
    })
  })
}

async function walk(options: VintageNetOptions, work: (scene: Scene) => Promise<void>): Promise<readonly Message[]> {
  const recorder = new WalkRecorder()
  const clock = new SimulatedClock()
  const kernel = recorder.kernel({ clock })
  kernel.lab.probes(() => ({ outcome: 'connected', ms: 1 }))
  for (const ifname of Object.keys(ADDRESSES)) kernel.lab.addLink({ ifname })
  const disk = new SimulatedDisk()
  disk.put(RESOLV_CONF, '')
  const daemons = new ScriptedDaemons()
  daemons.on('udhcpc', (child) => {
    const { args } = child.request
    const ifname = args[args.indexOf('-i') + 1] ?? ''
    recorder.note('programs', 'udhcpc has a lease')
    child.writeStdout(udhcpcEvent('bound', leaseOf(ifname)))
  })
  const net = await VintageNet.start({
    kernel,
    clock,
    fileSystem: recorder.disk(disk.view()),
    spawn: recorder.spawn(daemons.spawn),
    tmpDir: '/run/vintage-net',
    persistenceDir: '/var/lib/vintage-net',
    resolvConf: RESOLV_CONF,
    internetHostList: [HOST],
    ...options,
  })
  try {
    await work({ recorder, net, clock, lab: kernel.lab })
  } finally {
    const stopped = net.stop()
    await clock.advance(STOP_MS)
    await stopped
    await kernel.close()
  }
  return recorder.messages
}

function leaseOf(ifname: string): Record<string, string> {
  const subnet = ADDRESSES[ifname]
  return {
    interface: ifname,
    ip: `${subnet}.50`,
    subnet: '255.255.255.0',
    mask: '24',
    router: `${subnet}.1`,
    dns: `${subnet}.1`,
    lease: '3600',
    serverid: `${subnet}.1`,
  }
}
