/** The configuration of a mobile interface in its normal form. Pure. */

import { suggestion } from '../../config/nearest.js'
import { compact } from '../../config/section.js'
import type { NormalizeContext } from '../../config/validate.js'
import { invalidField, validate } from '../../config/validate.js'
import { NetworkError } from '../../errors.js'
import type { Modem } from './modem.js'
import { type MobileConfig, mobileSchema } from './schema.js'

/** The modem that is found by its USB device. */
export const AUTOMATIC = 'automatic'

/** Modems by name. */
export type Modems = ReadonlyMap<string, Modem>

/** @throws NetworkError ERR_INVALID_CONFIG with the field */
export function normalizeMobile(config: unknown, context: NormalizeContext, modems: Modems): MobileConfig {
  const valid = validate(mobileSchema, config, context)
  if (valid.serviceProviders.length === 0) {
    throw invalidField(['serviceProviders'], "a list of providers, such as [{ apn: 'internet.example' }]", [])
  }
  if (valid.modem === AUTOMATIC) return normalizeAutomatic(valid, context)
  return withModem(valid, context, modemOf(valid.modem, modems))
}

/** @throws NetworkError ERR_INVALID_CONFIG where there is none of that name */
export function modemOf(name: string, modems: Modems): Modem {
  const modem = modems.get(name)
  if (modem !== undefined) return modem
  const shown = `no modem is called ${JSON.stringify(name)}`
  throw new NetworkError('ERR_INVALID_CONFIG', `modem: ${shown}; ${suggestion(name, [...modems.keys(), AUTOMATIC])}`, {
    field: 'modem',
  })
}

/** The configuration as one for that modem: its ttys and speed are there. @throws NetworkError ERR_INVALID_CONFIG */
export function withModem(config: MobileConfig, context: NormalizeContext, modem: Modem): MobileConfig {
  const pppTty = config.pppTty ?? modem.pppTty
  if (pppTty === undefined) {
    throw invalidField(['pppTty'], `the serial port that dials (the modem "${modem.name}" has no usual one)`, undefined)
  }
  const atTty = config.atTty ?? modem.atTty
  if (atTty === pppTty) throw invalidField(['atTty'], 'another serial port than pppTty', atTty)
  const additions = modem.takesNoAdditions === true ? undefined : tidyLines(config.chatscriptAdditions)
  if (modem.takesNoAdditions === true && config.chatscriptAdditions !== undefined) {
    context.onWarning?.('chatscriptAdditions', `left out: the modem "${modem.name}" goes wrong with it`)
  }
  const { chatscriptAdditions: _additions, ...rest } = config
  const complete = compact({
    ...rest,
    pppTty,
    atTty,
    speed: config.speed ?? modem.speed,
    chatscriptAdditions: additions,
  })
  return modem.normalize === undefined ? withoutScan(complete) : modem.normalize(complete, context)
}

/** Which tty is which is the modem's to say. */
function normalizeAutomatic(config: MobileConfig, context: NormalizeContext): MobileConfig {
  for (const field of ['atTty', 'pppTty', 'speed'] as const) {
    if (config[field] !== undefined) context.onWarning?.(field, 'left out: the modem that is found has its own')
  }
  const { atTty: _at, pppTty: _ppp, speed: _speed, chatscriptAdditions, ...rest } = config
  return compact({ ...rest, chatscriptAdditions: tidyLines(chatscriptAdditions) })
}

/** A key of one modem alone. */
function withoutScan({ scan: _scan, ...config }: MobileConfig): MobileConfig {
  return config
}

/** Undefined where nothing is left. */
function tidyLines(lines: string | undefined): string | undefined {
  const text = lines?.replaceAll('\r\n', '\n').trim()
  return text === '' ? undefined : text
}
