/** The answer to `SIGNAL_POLL`. */

import { channelAt, percentOf } from './channel.js'
import { readLines, readNumber } from './key-values.js'

/** How well the access point is received, as `wifi/signal` has it. */
export interface SignalInfo {
  /** MHz; 0 where not known. */
  readonly centerFrequency1: number
  /** MHz; 0 where there is none. */
  readonly centerFrequency2: number
  /** MHz; 0 where not known. */
  readonly frequency: number
  /** Mbit/s at which was sent last. */
  readonly linkspeed: number
  readonly signalDbm: number
  /** 1 to 100. */
  readonly signalPercent: number
  /** Such as '20 MHz'; absent where the driver does not say. */
  readonly width?: string
}

/** 'FAIL': not connected. 'unknown': no answer to this question. */
export function readSignal(text: string): SignalInfo | 'FAIL' | 'unknown' {
  if (text.startsWith('FAIL')) return 'FAIL'
  const values = readLines(text)
  if (values.size === 0) return 'unknown'
  const number = (key: string): number => readNumber(values.get(key)?.trim()) ?? 0
  const frequency = number('FREQUENCY')
  const signalDbm = number('RSSI')
  const width = values.get('WIDTH')?.trim()
  return {
    centerFrequency1: number('CENTER_FRQ1'),
    centerFrequency2: number('CENTER_FRQ2'),
    frequency,
    linkspeed: number('LINKSPEED'),
    signalDbm,
    signalPercent: percentOf(channelAt(frequency).band, signalDbm),
    ...(width === undefined || width === '' ? {} : { width }),
  }
}
