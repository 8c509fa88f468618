/** The modems that this library knows. Names, ports and quirks are those of the vendors' Linux guides. */

import type { Modem } from '../modem.js'
import { quectelBg96 } from './quectel-bg96.js'
import { ubloxTobyL2 } from './ublox-toby-l2.js'

const EC25 = {
  pppTty: 'ttyUSB3',
  atTty: 'ttyUSB2',
  speed: 9_600,
  monitors: ['signal', 'cell'],
} as const

export const BUILT_IN_MODEMS: readonly Modem[] = [
  quectelBg96,
  { name: 'quectel-ec25', ...EC25, usbIds: ['2c7c:0125'] },
  { name: 'quectel-ec21', ...EC25, usbIds: ['2c7c:0121'] },
  {
    name: 'telit-le910',
    pppTty: 'ttyUSB3',
    atTty: 'ttyUSB2',
    speed: 9_600,
    monitors: ['signal'],
    usbIds: ['1bc7:1201'],
  },
  { name: 'sierra-hl8548', pppTty: 'ttyACM4', atTty: 'ttyACM3', speed: 115_200, monitors: ['signal'] },
  ubloxTobyL2,
  {
    // Needs usb_modeswitch first: docs/technologies/mobile.md has its power manager.
    name: 'huawei-e3372',
    pppTty: 'ttyUSB0',
    atTty: 'ttyUSB2',
    speed: 115_200,
    monitors: ['signal', 'cell', 'info'],
    dial: 'ATDT*99#',
    takesNoAdditions: true,
  },
  // Any other one, such as a module behind a UART.
  { name: 'generic', speed: 115_200, monitors: ['signal', 'cell', 'info'] },
]
