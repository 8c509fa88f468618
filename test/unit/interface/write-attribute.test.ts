import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { writeAttribute } from '../../../lib/interface/write-attribute.js'
import { SimulatedDisk } from '../../../lib/testing/simulated-disk.js'

const RAW_IP = '/sys/class/net/wwan0/qmi/raw_ip'

test('an attribute that exists is written', async () => {
  const disk = new SimulatedDisk()
  disk.put(RAW_IP, 'N')
  await writeAttribute(disk.view(), 'wwan0', { path: RAW_IP, text: 'Y' })
  assert.is(new TextDecoder().decode(disk.read(RAW_IP)), 'Y')
})

test('nothing outside of /sys is written, and nothing is made', async () => {
  const disk = new SimulatedDisk()
  const refusal = (path: string): Promise<unknown> =>
    writeAttribute(disk.view(), 'wwan0', { path, text: 'Y' }).catch((thrown: unknown) => thrown)
  for (const path of ['/etc/passwd', '/sys/../etc/passwd', '/sys/..', '/sys/', 'sys/x', '/sys/a\0b']) {
    assert.ok(isNetworkError(await refusal(path), 'ERR_INVALID_CONFIG'), path)
  }
  assert.ok(isNetworkError(await refusal(RAW_IP), 'ERR_KERNEL_REFUSED'))
})

test.run()
