/** Which access point of a configuration belongs to a SIM card. Pure. */

import type { ServiceProvider } from './normalize.js'

export interface CardIdentity {
  /** Null: not known. */
  readonly iccid: string | null
  /** MCC and MNC of the card's home network, as digits; two where a modem does not tell how many digits the MNC has. */
  readonly plmns?: readonly string[] | undefined
}

/**
 * A provider that names the card, by the beginning of its number or by its network, wins; the first such. Where none does:
 * the last that names no cards. Undefined: none fits.
 */
export function chooseProvider(
  providers: readonly ServiceProvider[],
  { iccid, plmns = [] }: CardIdentity,
): ServiceProvider | undefined {
  const named = providers.find(
    ({ onlyIccidPrefixes, onlyPlmns }) =>
      onlyIccidPrefixes?.some((prefix) => iccid?.startsWith(prefix) === true) === true ||
      onlyPlmns?.some((one) => plmns.includes(one)) === true,
  )
  return (
    named ??
    providers.findLast(({ onlyIccidPrefixes, onlyPlmns }) => onlyIccidPrefixes === undefined && onlyPlmns === undefined)
  )
}
