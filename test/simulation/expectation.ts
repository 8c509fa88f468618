/** What the calls so far let one expect: the configuration wanted of each interface, and what may stand on the disk. */

import { silentLogger } from '../../lib/base/logger.js'
import { FileStore } from '../../lib/persistence/file-store.js'
import { OBFUSCATION_KEY, SecretSource } from '../../lib/persistence/secret.js'
import type { SimulatedDisk } from '../../lib/testing/simulated-disk.js'
import { PERSISTENCE_DIR } from './device.js'

/** A configuration as JSON text; `none`: no file. */
type Text = string
const NONE: Text = 'none'

export const DEFAULTS: Readonly<Record<string, object>> = {
  eth0: { type: 'ethernet', ipv4: { method: 'dhcp' } },
  eth1: { type: 'ethernet', ipv4: { method: 'static', address: '10.1.0.2', prefixLength: 24, gateway: '10.1.0.1' } },
}

export class Expectation {
  /** Last accepted configuration of each interface that ever had one. */
  readonly wanted = new Map<string, unknown>()
  /** What each file may hold, oldest first; absent: NONE alone. */
  readonly #allowed = new Map<string, Text[]>()

  /** A call that saves is under way: from now on its outcome may stand on the disk. */
  saving(ifname: string, config: unknown): void {
    this.#allowed.set(ifname, [...this.#of(ifname), textOf(config)])
  }

  /** A call has ended, and says that its outcome stands on the disk: what was before does no longer. */
  saved(ifname: string, config: unknown): void {
    const allowed = this.#of(ifname)
    const at = allowed.lastIndexOf(textOf(config))
    if (at >= 0) this.#allowed.set(ifname, allowed.slice(at))
  }

  /** Reads the disk as a start would; returns what should not be there. Afterwards what was found is what is expected. */
  async readDisk(disk: SimulatedDisk): Promise<string[]> {
    const store = new FileStore({
      directory: PERSISTENCE_DIR,
      logger: silentLogger,
      fs: disk.view(),
      secrets: new SecretSource(OBFUSCATION_KEY),
    })
    const complaints: string[] = []
    for (const ifname of new Set([...(await store.list()), ...this.#allowed.keys()])) {
      const found = await store.load(ifname).then(textOf, (thrown: unknown) => `unreadable: ${String(thrown)}`)
      const allowed = this.#of(ifname)
      if (!allowed.includes(found)) complaints.push(`${ifname}: ${found} is none of ${allowed.join(' ')}`)
    }
    return complaints
  }

  /** A start has read the disk: what it found is wanted, the defaults where it found nothing. */
  async started(disk: SimulatedDisk, normalize: (ifname: string, config: unknown) => unknown): Promise<void> {
    const store = new FileStore({
      directory: PERSISTENCE_DIR,
      logger: silentLogger,
      fs: disk.view(),
      secrets: new SecretSource(OBFUSCATION_KEY),
    })
    this.wanted.clear()
    // What a start cannot sync a later power cut may still take back.
    const before = disk.failing ? new Map(this.#allowed) : new Map<string, Text[]>()
    this.#allowed.clear()
    for (const [ifname, texts] of before) this.#allowed.set(ifname, [...texts, NONE])
    for (const [ifname, config] of Object.entries(DEFAULTS)) this.wanted.set(ifname, normalize(ifname, config))
    for (const ifname of await store.list()) {
      const found = await store.load(ifname)
      this.wanted.set(ifname, found)
      this.#allowed.set(ifname, [...(before.get(ifname) ?? []), textOf(found)])
    }
  }

  #of(ifname: string): readonly Text[] {
    return this.#allowed.get(ifname) ?? [NONE]
  }
}

function textOf(config: unknown): Text {
  return config === undefined ? NONE : JSON.stringify(config)
}
