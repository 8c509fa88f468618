/** What pppd tells: by its scripts (pppd(8), SCRIPTS), by its lines, by its status. Pure. */

import type { RawDhcpEvent } from '../../../dhcp/event-decoder.js'
import type { InterfaceNameServers, InterfaceRoutes } from '../../plan.js'

export interface PppSettings {
  readonly metric?: number | undefined
  readonly ignoreDns?: boolean | undefined
}

export type PppEvent =
  | { readonly type: 'up'; readonly routes: InterfaceRoutes; readonly nameServers: InterfaceNameServers }
  | { readonly type: 'down' }

const HOST_PREFIX_LENGTH = 32
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/
/** What pppd says where the network gave no name server. */
const NO_ADDRESS = '0.0.0.0'

/** What an event means for the interface; undefined: nothing. Names whatever servers are there, also none. */
export function readPppEvent(
  { args, environment }: RawDhcpEvent,
  ifname: string,
  { metric, ignoreDns }: PppSettings,
): PppEvent | undefined {
  const [script, of] = args
  if ((environment.get('IFNAME') ?? of) !== ifname) return undefined
  if (script === 'ip-down') return { type: 'down' }
  const address = addressIn(environment, 'IPLOCAL')
  if (script !== 'ip-up' || address === undefined) return undefined
  const gateway = addressIn(environment, 'IPREMOTE')
  const servers = ['DNS1', 'DNS2'].flatMap((name) => addressIn(environment, name) ?? [])
  return {
    type: 'up',
    routes: {
      addresses: [{ address, prefixLength: HOST_PREFIX_LENGTH }],
      ...(gateway === undefined ? {} : { gateway }),
      ...(metric === undefined ? {} : { metric }),
    },
    nameServers: { nameServers: ignoreDns === true ? [] : [...new Set(servers)] },
  }
}

function addressIn(environment: ReadonlyMap<string, string>, name: string): string | undefined {
  const value = environment.get(name)
  return value !== undefined && IPV4.test(value) && value !== NO_ADDRESS ? value : undefined
}

/** pppd(8), EXIT STATUS. */
const STATUS_TEXTS: ReadonlyMap<number, string> = new Map([
  [1, 'it met a fatal error'],
  [2, 'it does not understand its options: pppd 2.4.8 or newer is needed'],
  [3, 'it lacks the rights of root'],
  [4, 'the kernel has no PPP'],
  [5, 'it was told to end'],
  [6, 'the serial port could not be locked: another program holds it, or there is no directory for locks'],
  [7, 'the serial port cannot be opened'],
  [8, 'the modem could not be made to connect'],
  [10, 'the network does not speak PPP as we do'],
  [11, 'the network did not say who it is'],
  [15, 'the network has stopped answering'],
  [16, 'the modem hung up'],
  [17, 'the serial port sends back what it gets'],
  [19, 'the network refused the user name or password'],
])

const NO_ECHO = /^No response to \d+ echo-requests/
/** chat's word for the answer that it was told to give up at. */
const GIVEN_UP = /\bFailed \((.+)\)$/

/** A line that says more of an end than its status; undefined: this one does not. */
export function tellingLine(line: string): string | undefined {
  // The end that follows counts as the modem's hanging up.
  if (NO_ECHO.test(line)) return STATUS_TEXTS.get(15)
  const answer = GIVEN_UP.exec(line)?.[1]
  return answer === undefined ? undefined : `the modem answered ${answer}`
}

/** Why pppd ended; undefined: its status has no meaning of its own. */
export function endOfPppd(exitCode: number | undefined, told: string | undefined): string | undefined {
  return told ?? (exitCode === undefined ? undefined : STATUS_TEXTS.get(exitCode))
}
