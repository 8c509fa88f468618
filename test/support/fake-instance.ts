/** A whole VintageNet over a fake kernel, simulated time and scripted daemons, in a directory of its own. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Logger } from '../../lib/base/logger.js'
import type { VintageNetOptions } from '../../lib/options.js'
import { FakeKernel } from '../../lib/testing/fake-kernel.js'
import { ScriptedDaemons } from '../../lib/testing/scripted-daemon.js'
import { SimulatedClock } from '../../lib/testing/simulated-clock.js'
import { VintageNet } from '../../lib/vintage-net.js'

/** What a logger was told, for assertions. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly details: Record<string, unknown>
  readonly message: string
}

export function recordingLogger(lines: LogLine[]): Logger {
  const at =
    (level: LogLine['level']) =>
    (details: object, message: string): void => {
      lines.push({ level, details: { ...details }, message })
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** A hundredth of the shortest limit that a disk could miss. */
const STEP_MS = 50

/** Everything a test of the whole library needs; `destroy` ends it, whatever the test did. */
export class FakeWorld implements AsyncDisposable {
  readonly clock = new SimulatedClock()
  readonly kernel = new FakeKernel({ clock: this.clock })
  readonly daemons = new ScriptedDaemons()
  readonly logs: LogLine[] = []
  readonly folder: string
  readonly #instances: VintageNet[] = []

  static async create(): Promise<FakeWorld> {
    return new FakeWorld(await mkdtemp(join(tmpdir(), 'vintage-net-test-')))
  }

  private constructor(folder: string) {
    this.folder = folder
  }

  get persistenceDir(): string {
    return join(this.folder, 'saved')
  }

  get resolvConf(): string {
    return join(this.folder, 'resolv.conf')
  }

  /** Starts an instance with everything fake; given options win. */
  async start(options: VintageNetOptions = {}): Promise<VintageNet> {
    const net = await VintageNet.start({
      kernel: this.kernel,
      clock: this.clock,
      spawn: this.daemons.spawn,
      logger: recordingLogger(this.logs),
      tmpDir: join(this.folder, 'run'),
      persistenceDir: this.persistenceDir,
      resolvConf: this.resolvConf,
      ...options,
    })
    this.#instances.push(net)
    return net
  }

  /**
   * Lets simulated time pass until the promise settles: for what waits for timers, which stand still by themselves.
   * The steps are small, and each waits for the disk, because files are real: a limit of seconds must not pass before it has answered.
   */
  async during<T>(work: Promise<T>): Promise<T> {
    let settled = false
    const ended = work.finally(() => {
      settled = true
    })
    ended.catch(() => undefined)
    while (!settled) await this.pass(STEP_MS)
    return ended
  }

  /** Lets so much simulated time pass, once the disk has answered. */
  async pass(ms: number): Promise<void> {
    await diskAtRest()
    await this.clock.advance(ms)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const net of this.#instances.splice(0)) {
      await this.during(net.stop())
    }
    await this.kernel.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** What node calls an operation on a file, and the closing of one. */
const DISK = /^(FSReq|CloseReq|FileHandleCloseReq)/

/** Resolves when this process waits for no file any more. */
async function diskAtRest(): Promise<void> {
  while (process.getActiveResourcesInfo().some((resource) => DISK.test(resource))) await setImmediate()
}
