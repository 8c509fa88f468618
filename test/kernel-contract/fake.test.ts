/** The contract on the fake kernel. */

import type { ProbeRequest, ProbeResult } from '../../lib/kernel/messages.js'
import { FakeKernel } from '../../lib/testing/index.js'
import { kernelContract } from './contract.js'
import type { World, WorldOptions } from './world.js'

const PORT = 8053
const NEVER = new Promise<never>(() => undefined)

function answer({ address, port }: ProbeRequest): ProbeResult | Promise<ProbeResult> {
  if (address === '192.0.2.99') return NEVER
  if (address !== '127.0.0.1') return { outcome: 'unreachable', errno: 101, ms: 0 }
  return { outcome: port === PORT ? 'connected' : 'refused', ms: 1 }
}

function fakeWorld({ follow }: WorldOptions = {}): Promise<World> {
  const kernel = new FakeKernel({ follow })
  kernel.lab.probes(answer)
  const others: FakeKernel[] = []
  return Promise.resolve({
    kernel,
    patienceMs: 0,
    openSecond() {
      const other = new FakeKernel({ network: kernel.lab.network })
      others.push(other)
      return Promise.resolve(other)
    },
    foreign: (commands) => Promise.resolve(kernel.lab.foreign(commands)),
    async sendUnprivileged(commands) {
      kernel.lab.refuse(() => true, 'EPERM')
      const results = await kernel.send(commands)
      kernel.lab.refuse(null)
      return results.map((result) =>
        result === 'done' ? { code: 'done' } : { code: result.code, errno: result.errno ?? 0 },
      )
    },
    overrun: (last) => Promise.resolve(kernel.lab.overrun(() => kernel.lab.foreign([last]))),
    listen: () => Promise.resolve(PORT),
    addSilentHost: () => Promise.resolve(),
    addRadio() {
      const { radios } = kernel.lab
      radios.addRadio({ ifname: 'wlan0' })
      const found = { bssid: '02:00:00:00:77:00', flags: ['ibss'] }
      return kernel.settled().then(() => ({
        ifname: 'wlan0',
        addNetwork: async (ssid, frequencyMhz) => radios.setNetworks('wlan0', [{ ...found, ssid, frequencyMhz }]),
        startScan: async () => radios.startScan('wlan0'),
        overrun: async () => radios.overrun(),
      }))
    },
    addDevice: async () => {
      let answer: (message: Uint8Array) => Iterable<number> = () => []
      const plugged = kernel.lab.serveDevice('/dev/fake', (message, from) => {
        from.send(Uint8Array.from(answer(message)))
      })
      return {
        path: '/dev/fake',
        answerWith: (given) => {
          answer = given
        },
        unplug: async () => plugged.unsubscribe(),
      }
    },
    compareWithOthers: () => Promise.resolve(),
    async dispose() {
      for (const open of [kernel, ...others]) await open.close()
    },
  })
}

kernelContract('fake kernel', fakeWorld).run()
