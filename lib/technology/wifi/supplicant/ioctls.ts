/** The ioctls that a running supplicant serves. */

import { NetworkError } from '../../../errors.js'
import type { SupplicantClient } from './client.js'

/**
 * `scan`, `signal-poll` (SignalInfo), `wps-pbc`, `capabilities`, and `command` with any command of the control interface as
 * its argument, whose answer comes back untouched.
 * @throws (rejects) NetworkError ERR_UNSUPPORTED for another command, ERR_INVALID_CONFIG for an argument that is no text
 */
export async function supplicantIoctl(
  client: SupplicantClient,
  command: string,
  args: readonly unknown[],
  signal: AbortSignal,
): Promise<unknown> {
  switch (command) {
    case 'scan':
      return await client.scan(signal)
    case 'signal-poll':
      return await client.signalPoll()
    case 'wps-pbc':
      return await client.wpsPbc()
    case 'capabilities':
      return await client.capabilities()
    case 'command': {
      const [text] = args
      if (typeof text === 'string') return await client.request(text)
      throw new NetworkError('ERR_INVALID_CONFIG', 'command: the argument is a text, such as STATUS', { field: 'args' })
    }
    default:
      throw new NetworkError('ERR_UNSUPPORTED', `wifi has no ioctl ${JSON.stringify(command)}`, { operation: 'ioctl' })
  }
}
