/** Names of frequency bands, by the numbers of the modem. */

const GSM = ['450', '480', '750', '850', '900 Extended', '900 Primary', '900 Railways', 'DCS 1800', 'PCS 1900']
const WCDMA = [
  '2100',
  'PCS 1900',
  'DCS 1800',
  '1700 US',
  '850',
  '800',
  '2600',
  '900',
  '1700 Japan',
  undefined,
  '1500 Japan',
  '850 Japan',
]
/** LTE bands by the modem's number: up to band 14 in order, then as they came. */
const LTE_FIRST = 120
const LTE = [
  ...Array.from({ length: 14 }, (_, at) => at + 1),
  17,
  ...Array.from({ length: 8 }, (_, at) => at + 33),
  18,
  19,
  20,
  21,
  24,
  25,
  41,
  42,
  43,
  23,
  26,
  32,
  125,
  126,
  127,
  28,
  29,
  30,
  66,
  250,
  46,
  27,
  31,
  47,
  48,
  71,
]
const LAST_CDMA = 19

/** The name of a band; numbers without one are 'Unknown Band n'. */
export function bandName(band: number): string {
  const gsm = GSM[band - 40]
  if (band <= LAST_CDMA) return `CDMA Band Class ${band}`
  if (gsm !== undefined) return `GSM ${gsm}`
  const wcdma = WCDMA[band - 80]
  if (wcdma !== undefined) return `WCDMA ${wcdma}`
  const lte = LTE[band - LTE_FIRST]
  if (lte !== undefined) return `LTE Band ${lte}`
  if (band >= 200 && band <= 205) return `TDS-CDMA Band ${'ABCDEF'[band - 200]}`
  return `Unknown Band ${band}`
}
