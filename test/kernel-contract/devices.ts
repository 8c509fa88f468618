/** The contract for devices that speak in messages. */

import * as assert from 'uvu/assert'
import { isNetworkError } from '../../lib/errors.js'
import { eventually } from '../support/eventually.js'
import type { ContractTest } from './world.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Declares the tests for devices. */
export function deviceContract(test: ContractTest): void {
  test('a device is written, read a message at a time, and tells its end', async (world) => {
    const device = await world.addDevice()
    device.answerWith((message) => [...message].reverse())
    const heard: string[] = []
    let ended = false
    const endpoint = await world.kernel.openDevice(device.path, {
      message: (message) => void heard.push(new TextDecoder().decode(message)),
      end: () => {
        ended = true
      },
    })
    await endpoint.send(bytes('abc'))
    await endpoint.send(bytes('def'))
    await eventually('both are answered', () => heard.length === 2)
    assert.equal(heard, ['cba', 'fed'])
    await device.unplug()
    await eventually('the end is told', () => ended)
    const refused = await endpoint.send(bytes('x')).catch((thrown: unknown) => thrown)
    assert.ok(isNetworkError(refused, 'ERR_KERNEL_REFUSED'), String(refused))
    await endpoint.close()
  })

  test('a device that is not there is refused, and so is a path that is none', async (world) => {
    const listener = { message: () => undefined, end: () => undefined }
    const absent = await world.kernel.openDevice('/dev/cdc-wdm-absent', listener).catch((thrown: unknown) => thrown)
    assert.ok(isNetworkError(absent, 'ERR_KERNEL_REFUSED'), String(absent))
    assert.is(absent.errno, 2)
    const relative = await world.kernel.openDevice('cdc-wdm0', listener).catch((thrown: unknown) => thrown)
    assert.ok(isNetworkError(relative, 'ERR_INVALID_CONFIG'), String(relative))
  })
}
