/** The ioctls of the technology `probe`. */

import { type ErrorCode, NetworkError } from '../../lib/errors.js'
import type { IoctlContext } from '../../lib/technology/technology.js'

const SCAN_MS = 100

/**
 * echo VALUE; oops throws; refuse CODE throws that; applied tells what the context says; sleep MS, or until the signal
 * aborts; scan publishes one access point, with the time; linger MS publishes `lingered` after that time whatever the signal says.
 */
export async function probeIoctl(command: string, args: readonly unknown[], context: IoctlContext): Promise<unknown> {
  const { ifname, config, clock } = context
  switch (command) {
    case 'echo':
      return args[0]
    case 'oops':
      throw new Error('oops')
    case 'refuse':
      throw new NetworkError(args[0] as ErrorCode, 'refused', { field: 'args.0' })
    case 'applied':
      return { ifname, config }
    case 'sleep':
      return await sleep(Number(args[0]), context)
    case 'scan':
      await sleep(SCAN_MS, context)
      context.put(['wifi', 'access_points'], [{ ssid: 'MyLAN', atMs: clock.nowMs() }])
      return 'done'
    case 'linger':
      await new Promise<void>((resolve) => void clock.setTimer(Number(args[0]), resolve))
      context.put(['lingered'], true)
      return 'done'
    default:
      throw new NetworkError('ERR_UNSUPPORTED', `${ifname}: probe has no ioctl ${command}`, { ifname })
  }
}

function sleep(delayMs: number, { clock, signal }: IoctlContext): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(delayMs, () => resolve('slept'))
    signal.addEventListener('abort', () => {
      timer.cancel()
      reject(new Error('woken'))
    })
  })
}
