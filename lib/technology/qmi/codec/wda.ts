/** How packets are framed between host and modem. */

import { u32 } from './bytes.js'
import type { QmiRequest } from './request.js'

export type LinkLayer = '802.3' | 'raw-ip'

const NUMBERS: Readonly<Record<LinkLayer, number>> = { '802.3': 1, 'raw-ip': 2 }
const NO_AGGREGATION = 0

/** The answer is what the modem does from now on; undefined where it does not say. */
export function setDataFormat(wanted: LinkLayer): QmiRequest<LinkLayer | undefined> {
  return {
    service: 'wda',
    message: 0x0020,
    name: 'set data format',
    tlvs: [
      [0x11, u32(NUMBERS[wanted])],
      [0x12, u32(NO_AGGREGATION)],
      [0x13, u32(NO_AGGREGATION)],
    ],
    read: (tlvs) => {
      const number = tlvs.u32(0x11)
      return (['802.3', 'raw-ip'] as const).find((layer) => NUMBERS[layer] === number)
    },
  }
}
