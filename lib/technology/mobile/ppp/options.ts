/** What pppd is told: its arguments, and the file of what must not be seen in a list of processes. Pure. */

import type { MobileConfig } from '../schema.js'

/** A link whose far end has been silent for a minute is dead: pppd ends, and dials anew. */
const ECHO_INTERVAL_SECONDS = 20
const ECHO_FAILURE_COUNT = 3

/** chat tells what is said, on standard error, which pppd logs. */
const TELLING = '-v -s -S'

export interface PppdPaths {
  readonly chatScript: string
  /** What it says must not be told. */
  readonly secretScript: boolean
  readonly optionsFile: string
  /** Directory of ip-up.sh and ip-down.sh. */
  readonly handlers: string
}

/** Arguments of pppd(8) 2.4.8 or newer. */
export function pppdArgs(ifname: string, config: MobileConfig, paths: PppdPaths): string[] {
  return [
    'connect',
    `chat ${paths.secretScript ? '-s -S' : TELLING} -f ${shellWord(paths.chatScript)}`,
    `/dev/${config.pppTty}`,
    String(config.speed),
    'nodetach',
    'noipdefault',
    // The network is not asked who it is.
    'noauth',
    'usepeerdns',
    'nodefaultroute',
    ...['ifname', ifname],
    ...['ip-up-script', `${paths.handlers}/ip-up.sh`],
    ...['ip-down-script', `${paths.handlers}/ip-down.sh`],
    ...['lcp-echo-interval', String(ECHO_INTERVAL_SECONDS)],
    ...['lcp-echo-failure', String(ECHO_FAILURE_COUNT)],
    ...(config.verbose === true ? ['debug'] : []),
    ...['file', paths.optionsFile],
  ]
}

/** Who we are to the network; empty where it does not ask. */
export function pppdOptions({ serviceProviders }: MobileConfig): string {
  const [provider] = serviceProviders
  if (provider === undefined) return ''
  const { user, password, auth } = provider
  const lines = [
    ...(user === undefined ? [] : [`user ${quoted(user)}`]),
    ...(password === undefined ? [] : [`password ${quoted(password)}`]),
    ...(auth === 'pap' ? ['refuse-chap', 'refuse-mschap', 'refuse-mschap-v2', 'refuse-eap'] : []),
    ...(auth === 'chap' ? ['refuse-pap', 'refuse-eap'] : []),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** pppd hands the command to a shell. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9/._-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** A word of an options file (pppd(8), OPTIONS FILES): between quotation marks a backslash takes the next character as it is. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
