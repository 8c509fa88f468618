/** `vintage-net run`: an instance as a service, in the foreground, until a signal ends it. */

import { DisposableStack } from '../../base/disposable.js'
import { ControlServer, controlSocketPath, controlSocketPlace, refuseSecond } from '../../control/index.js'
import { isNetworkError, messageOf } from '../../errors.js'
import { type Logger, VERSION, VintageNet } from '../../index.js'
import { openKernel } from '../../kernel/index.js'
import { type Metrics, startMetrics } from '../../metrics/index.js'
import { failureLine, SilentFailure, UsageError } from '../failure.js'
import { terminalOf } from '../terminal.js'
import { type DaemonConfig, readConfigFile } from './config-file.js'
import { jsonLogger } from './json-log.js'
import { refuseTakenPort, tcpListen } from './listen-flags.js'
import type { LogLevel } from './log-level.js'
import { type ServiceManager, serviceManager } from './notify.js'
import { Orders } from './orders.js'
import { type Reloading, reload } from './reload.js'
import type { RunFlags } from './run-flags.js'
import { textLogger } from './text-log.js'

const DEFAULT_TMP_DIR = '/run/vintage-net'

/** Resolves when the daemon has been stopped. @throws what keeps it from starting; with --json that is in the log, and SilentFailure thrown */
export async function runDaemon(flags: RunFlags): Promise<void> {
  const logger = daemonLogger(flags)
  try {
    await serve(flags, logger)
  } catch (thrown) {
    if (flags.json !== true || thrown instanceof UsageError) throw thrown
    const { code, field } = isNetworkError(thrown) ? thrown : {}
    logger.error({ code, field }, failureLine(thrown) ?? messageOf(thrown))
    throw new SilentFailure(messageOf(thrown))
  }
}

async function serve(flags: RunFlags, logger: Logger): Promise<void> {
  // From here on a signal is an order, also while everything is still starting.
  const orders = new Orders(process)
  const tcp = await tcpListen(flags)
  const config: DaemonConfig = flags.config === undefined ? { options: {} } : await readConfigFile(flags.config)
  const { options, controlGroup } = config
  const tmpDir = options.tmpDir ?? DEFAULT_TMP_DIR
  // Before anything is touched: the other one may live in another namespace, where no lock tells of it.
  await refuseSecond(controlSocketPlace(tmpDir))
  if (tcp !== undefined) await refuseTakenPort(tcp)
  const stack = new DisposableStack()
  try {
    const opened = await openKernel({ netns: options.netns, logger })
    stack.defer('kernel', () => opened.close())
    const metrics = await tryMetrics(logger)
    const kernel = metrics?.watchKernel(opened) ?? opened
    const manager = await serviceManager({ kernel, logger, env: process.env, pid: process.pid })
    stack.defer('service manager', () => manager.close())
    let control: ControlServer | undefined
    // Stopped behind the instance, so that who watches hears of its end.
    stack.defer('control', () => control?.stop())
    const net = await VintageNet.start({ ...options, kernel, logger })
    stack.defer('instance', () => net.stop())
    metrics?.watchInstance(net)
    const allowRaw = flags.allowRaw === true
    control = await ControlServer.start({ net, kernel, logger, tmpDir, controlGroup, allowRaw, tcp, metrics })
    logger.info({ version: VERSION, pid: process.pid, socket: controlSocketPath(tmpDir) }, 'the daemon runs')
    const status = new Status(net)
    for (const pattern of [['connection'], ['interface', '*', 'type']])
      net.subscribe(pattern, () => void manager.tell(status.text))
    await manager.tell('READY=1', status.text)
    await obey(orders, { net, manager, status, logger, config, path: flags.config })
  } finally {
    for (const { name, thrown } of await stack.disposeAll())
      logger.error({ part: name }, `stopping: ${messageOf(thrown)}`)
    orders.close()
  }
  logger.info({}, 'the daemon has stopped')
}

/** Words for a person at a terminal, JSON for everything else and for who asks for it. */
function daemonLogger({ logLevel, json }: RunFlags): Logger {
  const { stderr, env } = process
  const options = { least: logLevel as LogLevel, write: (line: string) => void stderr.write(line), wallMs: Date.now }
  const terminal = terminalOf(stderr, env)
  if (terminal.isTerminal && json !== true) return textLogger({ ...options, paint: terminal.paint })
  return jsonLogger({ ...options, isJournal: (env['JOURNAL_STREAM'] ?? '') !== '' })
}

async function tryMetrics(logger: Logger): Promise<Metrics | undefined> {
  try {
    return await startMetrics()
  } catch (thrown) {
    logger.info({}, `no metrics: ${messageOf(thrown)}`)
    return undefined
  }
}

/** What `systemctl status` shows. */
class Status {
  readonly #net: VintageNet
  /** False from a refused reload on until one is taken. */
  isReloaded = true

  constructor(net: VintageNet) {
    this.#net = net
  }

  get text(): string {
    const count = this.#net.configuredInterfaces().length
    const refused = this.isReloaded ? '' : '; the last reload was refused, the log says why'
    return `STATUS=${this.#net.get(['connection'])}; ${count} interfaces configured${refused}`
  }
}

interface Running {
  readonly net: VintageNet
  readonly manager: ServiceManager
  readonly status: Status
  readonly logger: Logger
  readonly config: DaemonConfig
  readonly path: string | undefined
}

/** False where the daemon goes on as before: a service manager has no other way to hear of it. */
async function reloaded({ path, ...reloading }: Omit<Reloading, 'path'> & Pick<Running, 'path'>): Promise<boolean> {
  if (path !== undefined) return reload({ ...reloading, path })
  reloading.logger.warn({}, 'nothing to reload: the daemon was started without --config')
  return false
}

/** Resolves when the order to stop has come. */
async function obey(orders: Orders, { net, manager, status, logger, config: started, path }: Running): Promise<void> {
  for (;;) {
    const order = await orders.next()
    if (order === 'stop') break
    const nowUs = process.hrtime.bigint() / 1_000n
    await manager.tell('RELOADING=1', `MONOTONIC_USEC=${nowUs}`)
    status.isReloaded = await reloaded({ net, path, started, logger })
    await manager.tell('READY=1', status.text)
  }
  logger.info({}, 'stopping')
  await manager.tell('STOPPING=1')
}
