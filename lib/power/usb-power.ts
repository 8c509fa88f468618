/** A power manager of a USB device: takes it off the bus and puts it back, by the file `authorized` of sysfs. */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PowerManager } from './power-manager.js'
import { invalid, type PowerTimes, powerTimes } from './power-times.js'

export interface UsbPowerOptions extends PowerTimes {
  /** Folder of the device in sysfs, such as `/sys/bus/usb/devices/1-1.2`. It names the port: the device may be another one. */
  readonly devicePath: string
}

/**
 * Power of what hangs on a USB port. The kernel forgets the device (its links vanish) and finds it again; whether the
 * port's current is cut as well depends on the hub (Documentation/usb/authorization.rst in the kernel's sources).
 * @throws NetworkError ERR_INVALID_CONFIG with `field`
 */
export function usbPower(options: UsbPowerOptions): PowerManager {
  const { devicePath } = options
  if (typeof devicePath !== 'string' || !devicePath.startsWith('/')) {
    throw invalid('devicePath', 'the absolute path of a USB device in sysfs')
  }
  const { holdMs, limitMs, minimumOffMs } = powerTimes(options)
  const authorized = join(devicePath, 'authorized')
  // Never made: where the file is missing there is no device on the port.
  const write = (value: string): Promise<void> => writeFile(authorized, value, { flag: 'r+' })
  return {
    name: 'usb',
    async powerOn() {
      await write('1')
      return { holdMs }
    },
    startPoweringOff: () => ({ limitMs }),
    async powerOff() {
      await write('0')
      return { minimumOffMs }
    },
    async isOn() {
      const text = (await readFile(authorized, 'latin1')).trim()
      if (text === '0') return false
      return text === '1' ? true : undefined
    },
  }
}
