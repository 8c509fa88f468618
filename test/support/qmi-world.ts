/** A whole instance over a fake kernel, with a scripted modem behind wwan0. */

import * as fs from 'node:fs/promises'
import type { Subscription } from '../../lib/base/disposable.js'
import type { HostFileSystem } from '../../lib/base/file-system.js'
import type { VintageNetOptions } from '../../lib/options.js'
import type { VintageNet } from '../../lib/vintage-net.js'
import { FakeWorld } from './fake-instance.js'
import { ScriptedQmiModem } from './scripted-qmi-modem.js'

const DEVICE = '/dev/cdc-wdm0'

export class QmiWorld implements AsyncDisposable {
  readonly world: FakeWorld
  readonly modem = new ScriptedQmiModem()
  /** Attributes of drivers that were written, such as 'raw_ip=Y'. */
  readonly attributes: string[] = []
  #device: Subscription | undefined

  static async create(): Promise<QmiWorld> {
    return new QmiWorld(await FakeWorld.create())
  }

  private constructor(world: FakeWorld) {
    this.world = world
  }

  /** The link and its control channel appear. */
  plug(): void {
    this.world.kernel.lab.addLink({ ifname: 'wwan0' })
    this.#device = this.world.kernel.lab.serveDevice(DEVICE, (bytes, from) => {
      this.modem.attach((answer) => void from.send(answer))
      this.modem.receive(bytes)
    })
  }

  unplug(): void {
    this.#device?.unsubscribe()
    this.world.kernel.lab.removeLink('wwan0')
  }

  async start(options: VintageNetOptions = {}): Promise<VintageNet> {
    return await this.world.start({ fileSystem: this.#fileSystem(), ...options })
  }

  /** Files below /sys are noted, all others are real. */
  #fileSystem(): HostFileSystem {
    return {
      ...(fs as unknown as HostFileSystem),
      writeFile: async (path, text, options) => {
        if (path.startsWith('/sys/')) this.attributes.push(`${path.split('/').at(-1)}=${text}`)
        else await fs.writeFile(path, text, options)
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]()
  }
}
