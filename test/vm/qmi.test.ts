/** The kernel's own driver: qmi_wwan and cdc-wdm, with a modem that is a gadget of the same machine. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { VintageNet } from '../../lib/index.js'
import { eventually } from '../support/eventually.js'
import { type LogLine, recordingLogger } from '../support/fake-instance.js'
import { mustRun } from '../support/lab/command.js'
import { HOST_BEYOND, makeNetwork, QmiGadget } from '../support/qmi-gadget.js'

const test = suite('qmi')

/** An emulated machine: programs take seconds. */
const DEADLINE = { deadlineMs: 60_000 }
const at = (...path: string[]): string[] => ['interface', 'wwan0', ...path]

test('packets of a session go by the link of qmi_wwan, through a lost session and an unplugged modem', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-'))
  const logs: LogLine[] = []
  await using _network = await makeNetwork('carrier')
  const gadget = await QmiGadget.plug('carrier')
  const net = await VintageNet.start({
    tmpDir: join(folder, 'run'),
    resolvConf: join(folder, 'resolv.conf'),
    persistence: 'none',
    logger: recordingLogger(logs),
    config: { wwan0: { type: 'qmi', serviceProviders: [{ apn: 'internet' }] } },
  })
  try {
    await net.until(at('connection'), 'internet', DEADLINE)
    assert.is((await readFile('/sys/class/net/wwan0/qmi/raw_ip', 'utf8')).trim(), 'Y')
    assert.match(await mustRun('ip', ['-4', 'address', 'show', 'dev', 'wwan0']), /inet 192\.0\.2\.10\/29/)
    const reached = await net.ping(HOST_BEYOND, { ifname: 'wwan0', deadlineMs: 10_000 })
    assert.is(reached.outcome, 'connected')

    gadget.modem.packet(false)
    await net.until(at('connection'), 'disconnected', DEADLINE)
    await net.until(at('connection'), 'internet', DEADLINE)

    await gadget[Symbol.asyncDispose]()
    await net.until(at('connection'), 'disconnected', DEADLINE)
    await using again = await QmiGadget.plug('carrier')
    await net.until(at('connection'), 'internet', DEADLINE)
    assert.is((await net.ping(HOST_BEYOND, { ifname: 'wwan0', deadlineMs: 10_000 })).outcome, 'connected')

    await net.stop()
    await eventually('client ids are given back', () => again.modem.clients.size === 0)
    assert.equal(await mustRun('ip', ['-4', 'address', 'show', 'dev', 'wwan0']), '')
    assert.not.match(await mustRun('ip', ['route', 'show', 'table', 'all']), /wwan0/)
  } catch (thrown) {
    for (const { level, message } of logs) console.log(level, message)
    throw thrown
  } finally {
    await net.stop()
    await gadget[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  }
})

test.run()
