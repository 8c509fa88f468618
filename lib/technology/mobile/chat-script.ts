/** The text of a chat script (chat(8)): what is said to the modem before PPP begins. Pure. */

import type { Modem } from './modem.js'
import type { MobileConfig } from './schema.js'

/** What a modem says instead of a connection. */
const ABORTS = ['BUSY', 'NO CARRIER', 'NO DIALTONE', 'NO DIAL TONE', 'NO ANSWER', 'DELAYED']
const DEFAULT_TIMEOUT_SECONDS = 10
const DEFAULT_DIAL = 'ATDT*99***1#'

/** The whole script of a normalized configuration. */
export function chatScript(config: MobileConfig, modem: Modem): string {
  const lines = [
    ...ABORTS.map((word) => `ABORT '${word}'`),
    `TIMEOUT ${modem.answerTimeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS}`,
    'REPORT CONNECT',
    // Back from a connection that nobody has ended, then to a known state.
    '"" +++',
    '"" AT',
    'OK ATH',
    'OK ATZ',
    'OK ATQ0',
    ...(modem.script?.(config) ?? contextLine(config)),
    ...(config.chatscriptAdditions?.split('\n') ?? []),
    `OK ${modem.dial ?? DEFAULT_DIAL}`,
    "CONNECT ''",
  ]
  return `${lines.join('\n')}\n`
}

/** The first provider's access point as context 1. */
export function contextLine({ serviceProviders }: MobileConfig): string[] {
  const [provider] = serviceProviders
  return provider === undefined ? [] : [`OK AT+CGDCONT=1,"IP","${provider.apn}"`]
}
