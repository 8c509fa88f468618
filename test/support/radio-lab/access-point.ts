/** A real access point: hostapd on a radio, serving one or more networks. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '../lab/command.js'
import { Daemon } from '../lab/daemon.js'
import { type BssOptions, bssLines } from './bss.js'
import type { Radio } from './radio.js'

export interface AccessPointOptions {
  readonly bsses: readonly BssOptions[]
  /** 1 to 13 (default 6). */
  readonly channel?: number | undefined
}

/** Where an access point is built; its network supplies it. */
export interface AccessPointPlace {
  readonly radio: Radio
  readonly namespace: string
  readonly bridge: string
  readonly folder: string
  /** Folder of the EAP server's files. */
  readonly certificates: string
  readonly onFailure: (error: Error) => void
}

const DEFAULT_CHANNEL = 6

/** One running hostapd, which can be stopped, started again and carried out of range. */
export class AccessPoint {
  readonly radio: Radio
  readonly #options: AccessPointOptions
  readonly #place: AccessPointPlace
  #hostapd: Daemon | undefined

  constructor(options: AccessPointOptions, place: AccessPointPlace) {
    this.radio = place.radio
    this.#options = options
    this.#place = place
  }

  /** Starts hostapd; resolves when it sends beacons. */
  async start(): Promise<void> {
    if (this.#hostapd !== undefined) return
    const file = join(this.#place.folder, `hostapd-${this.radio.ifname}.conf`)
    await writeFile(file, this.#config())
    this.#hostapd = await Daemon.start({
      title: `hostapd on ${this.radio.ifname}`,
      namespace: this.#place.namespace,
      program: 'hostapd',
      args: ['-t', file],
      ready: /AP-ENABLED/,
      onFailure: this.#place.onFailure,
    })
  }

  /** Stops hostapd, which tells its stations; safe to repeat. */
  async stop(): Promise<void> {
    const hostapd = this.#hostapd
    this.#hostapd = undefined
    await hostapd?.stop()
  }

  /** Out of range no beacon reaches anybody, and nobody is told. */
  async setInRange(inRange: boolean): Promise<void> {
    await this.radio.setInRange(inRange)
  }

  /** Address of one of its networks: the radio's own, then ones that are like no radio's. */
  bssid(index = 0): string {
    const number = `${this.radio.phy.slice(3)}${index}`.padStart(4, '0')
    return index === 0 ? this.radio.macAddress : `02:00:00:${number.slice(0, 2)}:a0:${number.slice(2)}`
  }

  /** Everything hostapd has said since it was started. */
  get log(): readonly string[] {
    return this.#hostapd?.log ?? []
  }

  /** Resolves once `count` lines of its log match. */
  async waitForLog(
    pattern: RegExp,
    options?: { readonly count?: number; readonly deadlineMs?: number },
  ): Promise<void> {
    if (this.#hostapd === undefined) throw new Error(`hostapd on ${this.radio.ifname} does not run`)
    await this.#hostapd.waitForLog(pattern, options)
  }

  /** One request to hostapd, such as `deauthenticate MAC`; resolves with its answer. */
  async request(...words: readonly string[]): Promise<string> {
    return (await mustRun('hostapd_cli', ['-p', this.#controlFolder, '-i', this.radio.ifname, ...words])).trim()
  }

  get #controlFolder(): string {
    return join(this.#place.folder, `control-${this.radio.ifname}`)
  }

  #config(): string {
    const { bridge, certificates } = this.#place
    const channel = this.#options.channel ?? DEFAULT_CHANNEL
    const lines = [
      `interface=${this.radio.ifname}`,
      'driver=nl80211',
      'hw_mode=g',
      `channel=${channel}`,
      'ieee80211n=1',
    ]
    lines.push('wmm_enabled=1', `ctrl_interface=${this.#controlFolder}`)
    for (const [index, bss] of this.#options.bsses.entries()) {
      if (index > 0) lines.push(`bss=${this.radio.ifname}-${index}`, `bssid=${this.bssid(index)}`)
      lines.push(...bssLines(bss, { bridge, certificates }))
    }
    return `${lines.join('\n')}\n`
  }
}
