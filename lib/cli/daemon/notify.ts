/** Tells the service manager how the daemon is (sd_notify(3)), by a unix datagram of the engine: Node has none. */

import type { Logger } from '../../base/logger.js'
import { messageOf } from '../../errors.js'
import type { Kernel } from '../../kernel/index.js'

type NotifyKernel = Pick<Kernel, 'openDatagram' | 'links'>

export interface ServiceManager {
  /** `READY=1`, and so on; never rejects. */
  tell(...assignments: string[]): Promise<void>
  /** Ends the signs of life. */
  close(): Promise<void>
}

export interface NotifyOptions {
  readonly kernel: NotifyKernel
  readonly logger: Logger
  readonly env: Readonly<Record<string, string | undefined>>
  readonly pid: number
  /** Calls back every so many ms, until what it returns is called. */
  readonly every?: (ms: number, callback: () => void) => () => void
}

function everyMs(ms: number, callback: () => void): () => void {
  const timer = setInterval(callback, ms)
  return () => clearInterval(timer)
}

/** Without NOTIFY_SOCKET nobody is told, which is no fault. */
export async function serviceManager(options: NotifyOptions): Promise<ServiceManager> {
  const { kernel, logger, env, pid } = options
  const peer = env['NOTIFY_SOCKET']
  if (peer === undefined || peer === '') return { tell: async () => undefined, close: async () => undefined }
  const listener = { message: () => undefined, end: () => undefined }
  const endpoint = await kernel
    .openDatagram({ local: `@vintage-net-notify-${pid}`, peer }, listener)
    .catch((thrown: unknown) => void logger.warn({ peer }, `the service manager cannot be told: ${messageOf(thrown)}`))
  const tell = async (...assignments: string[]): Promise<void> => {
    const bytes = new TextEncoder().encode(assignments.join('\n'))
    await endpoint?.send(bytes).catch((thrown: unknown) => {
      logger.warn({ assignments }, `the service manager was not told: ${messageOf(thrown)}`)
    })
  }
  const stopWatchdog = watchdog(options, tell)
  return {
    tell,
    async close() {
      stopWatchdog()
      await endpoint?.close()
    },
  }
}

/**
 * Half of what the manager waits for, as sd_watchdog_enabled(3) advises. A sign of life is sent when the engine has answered: a
 * daemon whose loop turns, but whose engine hangs, is dead.
 */
function watchdog(options: NotifyOptions, tell: ServiceManager['tell']): () => void {
  const { kernel, logger, env, pid, every = everyMs } = options
  const limitMs = Number(env['WATCHDOG_USEC'] ?? 0) / 1_000
  const isOurs = env['WATCHDOG_PID'] === undefined || env['WATCHDOG_PID'] === String(pid)
  if (!(limitMs > 0) || !isOurs) return () => undefined
  let isAsking = false
  return every(limitMs / 2, () => {
    if (isAsking) return
    isAsking = true
    kernel
      .links()
      .then(() => tell('WATCHDOG=1'))
      .catch((thrown: unknown) => logger.error({}, `no sign of life: ${messageOf(thrown)}`))
      .finally(() => {
        isAsking = false
      })
  })
}
