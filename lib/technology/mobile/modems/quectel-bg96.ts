/** Quectel BG96: LTE Cat M1, Cat NB1 and GSM, searched in an order that can be set (AT+QCFG). Pure. */

import type { NormalizeContext } from '../../../config/validate.js'
import { invalidField } from '../../../config/validate.js'
import { contextLine } from '../chat-script.js'
import type { Modem } from '../modem.js'
import type { MobileConfig } from '../schema.js'

/** Kinds of network, and their two digits in AT+QCFG="nwscanseq". */
const SEQUENCE_DIGITS: ReadonlyMap<string, string> = new Map([
  ['lte-cat-m1', '02'],
  ['lte-cat-nb1', '03'],
  ['gsm', '01'],
])

export const quectelBg96: Modem = {
  name: 'quectel-bg96',
  pppTty: 'ttyUSB3',
  atTty: 'ttyUSB2',
  speed: 9_600,
  monitors: ['signal', 'cell', 'info'],
  usbIds: ['2c7c:0296'],
  normalize,
  script: (config) => [...contextLine(config), ...scanLines(config.scan ?? [...SEQUENCE_DIGITS.keys()])],
}

function normalize(config: MobileConfig, { onWarning }: NormalizeContext): MobileConfig {
  const given = config.scan ?? [...SEQUENCE_DIGITS.keys()]
  const scan = [...new Set(given.filter((kind) => SEQUENCE_DIGITS.has(kind)))]
  for (const kind of given) {
    if (!SEQUENCE_DIGITS.has(kind)) onWarning?.('scan', `${JSON.stringify(kind)} is no kind of network: left out`)
  }
  if (scan.length === 0) {
    throw invalidField(['scan'], "at least one of 'lte-cat-m1', 'lte-cat-nb1' and 'gsm'", config.scan)
  }
  return { ...config, scan }
}

function scanLines(scan: readonly string[]): string[] {
  const sequence = scan.map((kind) => SEQUENCE_DIGITS.get(kind)).join('')
  return [
    `OK AT+QCFG="nwscanseq",${sequence}`,
    `OK AT+QCFG="nwscanmode",${scanMode(scan)}`,
    `OK AT+QCFG="iotopmode",${iotMode(scan)}`,
  ]
}

/** 0: GSM and LTE, 1: GSM alone, 3: LTE alone. */
function scanMode(scan: readonly string[]): number {
  if (!scan.includes('gsm')) return 3
  return scan.length === 1 ? 1 : 0
}

/** 0: Cat M1, 1: Cat NB1, 2: both. */
function iotMode(scan: readonly string[]): number {
  if (!scan.includes('lte-cat-nb1')) return 0
  return scan.includes('lte-cat-m1') ? 2 : 1
}
