import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { usbPower } from '../../../lib/power/usb-power.js'

/** A folder that looks like that of a device in sysfs. */
async function within(authorized: string, work: (devicePath: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-usb-'))
  try {
    const devicePath = join(folder, '1-1.2')
    await mkdir(devicePath)
    await writeFile(join(devicePath, 'authorized'), authorized)
    await work(devicePath)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('writes authorized, and reads it', () =>
  within('1\n', async (devicePath) => {
    const power = usbPower({ devicePath, holdMs: 1, limitMs: 2, minimumOffMs: 3 })
    const authorized = () => readFile(join(devicePath, 'authorized'), 'utf8')
    assert.is(await power.isOn?.(), true)
    assert.equal(await power.startPoweringOff(), { limitMs: 2 })
    assert.match(await authorized(), /^1/)
    assert.equal(await power.powerOff(), { minimumOffMs: 3 })
    assert.match(await authorized(), /^0/)
    assert.is(await power.isOn?.(), false)
    assert.equal(await power.powerOn(), { holdMs: 1 })
    assert.match(await authorized(), /^1/)
  }))

test('what is neither 0 nor 1 is unknown', () =>
  within('2\n', async (devicePath) => {
    assert.is(await usbPower({ devicePath }).isOn?.(), undefined)
  }))

test('without a device on the port nothing is made, and every call fails', () =>
  within('1\n', async (devicePath) => {
    const gone = join(devicePath, 'gone')
    await mkdir(gone)
    const power = usbPower({ devicePath: gone })
    for (const call of [() => power.powerOn(), () => power.powerOff(), () => power.isOn?.()]) {
      const error = await Promise.resolve(call()).then(
        () => undefined,
        (thrown: unknown) => thrown as NodeJS.ErrnoException,
      )
      assert.is(error?.code, 'ENOENT')
    }
  }))

test('a device path that is not absolute is refused', () => {
  try {
    usbPower({ devicePath: '1-1' })
    assert.unreachable()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'))
    assert.is(thrown.field, 'devicePath')
  }
})

test.run()
