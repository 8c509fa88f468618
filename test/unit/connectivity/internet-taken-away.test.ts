import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import type { Connection } from '../../../lib/connectivity/check-logic.js'
import { readHostList } from '../../../lib/connectivity/host-list.js'
import { InternetCheck, type InternetCheckDeps } from '../../../lib/connectivity/internet-check.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

/** Reports of a check that began in `internet` and whose every probe fails. */
async function reportsWith(current: Connection): Promise<string[]> {
  const clock = new SimulatedClock()
  const kernel = new FakeKernel({ clock })
  kernel.lab.probes(() => ({ outcome: 'unreachable', errno: 101, ms: 0 }))
  const reports: string[] = []
  const deps: Partial<InternetCheckDeps> = {
    ifname: 'eth0',
    kernel,
    clock,
    logger: silentLogger,
    hosts: readHostList([{ host: '198.51.100.1', port: 53 }]).hosts,
    random: () => 0,
    resolve: () => Promise.resolve([]) as never,
    initial: 'internet',
    current: () => current,
    addresses: () => [{ address: '192.0.2.50', prefixLength: 24 }],
    report: (connection) => void reports.push(connection),
  }
  const check = new InternetCheck(deps as InternetCheckDeps)
  check.link(true)
  await clock.advance(1_000)
  check.stop()
  return reports
}

test('an internet that was taken away with the addresses is not brought back by a check that fails', async () => {
  assert.equal((await reportsWith('lan')).slice(1)[0], 'lan')
})

test('one that was not taken away outlives a failure', async () => {
  assert.equal((await reportsWith('internet')).slice(1)[0], 'internet')
})

test.run()
