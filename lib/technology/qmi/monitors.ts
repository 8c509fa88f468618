/** Signal, band, cell: asked for at intervals, and while there is internet. A failure is told at debug, and asked again. */

import { messageOf } from '../../errors.js'
import { brandOf } from './brand.js'
import { bandName } from './codec/band.js'
import { getRfBandInfo, getSignalStrength, type RadioStrength, type SignalInfo } from './codec/nas.js'
import { getSystemInfo, type SystemInfo } from './codec/nas-system-info.js'
import type { ModemScene } from './scene.js'
import { lteLevel } from './signal-level.js'

export const SIGNAL_INTERVAL_MS = 30_000
/** While the modem tells its band. */
const BAND_INTERVAL_MS = 60_000
const BAND_RETRY_MS = 30_000
export const CELL_INTERVAL_MS = 25_000

export class Monitors {
  readonly #scene: ModemScene
  #internet = false

  constructor(scene: ModemScene) {
    this.#scene = scene
  }

  start(): void {
    this.#scene.schedule.after('signal', SIGNAL_INTERVAL_MS, () => this.#signal())
    this.#scene.schedule.after('band', SIGNAL_INTERVAL_MS, () => this.#band())
  }

  /** Cells are asked for at once when there is internet, and then again and again, one after the other. */
  internet(internet: boolean): void {
    this.#internet = internet
    if (internet) this.#scene.schedule.run(() => this.#cell())
    else this.#scene.schedule.cancel('cell')
  }

  /** The indication. */
  signalInfo(info: SignalInfo): void {
    this.#scene.tell('signal', JSON.parse(JSON.stringify(info)))
    if (info.lte !== undefined) this.#tellLevel({ radio: 'lte', dbm: info.lte.rssi })
  }

  async #signal(): Promise<void> {
    this.#scene.schedule.after('signal', SIGNAL_INTERVAL_MS, () => this.#signal())
    await this.#quietly(async () => {
      const lte = (await this.#scene.ask(getSignalStrength())).find(({ radio }) => radio === 'lte')
      if (lte !== undefined) this.#tellLevel(lte)
    })
  }

  #tellLevel({ dbm }: RadioStrength): void {
    const level = lteLevel(dbm)
    this.#scene.tell('signal_asu', level.asu)
    this.#scene.tell('signal_dbm', level.dbm)
    this.#scene.tell('signal_4bars', level.bars)
  }

  async #band(): Promise<void> {
    const told = await this.#quietly(async () => {
      // The first is the one in use where there are several.
      const [band] = await this.#scene.ask(getRfBandInfo())
      if (band === undefined) return
      this.#scene.tell('band', bandName(band.band))
      this.#scene.tell('channel', band.channel)
      this.#scene.tell('access_technology', band.radio)
    })
    this.#scene.schedule.after('band', told ? BAND_INTERVAL_MS : BAND_RETRY_MS, () => this.#band())
  }

  async #cell(): Promise<void> {
    if (!this.#internet) return
    this.#scene.schedule.after('cell', CELL_INTERVAL_MS, () => this.#cell())
    await this.#quietly(async () => this.#tellCell(await this.#scene.ask(getSystemInfo())))
  }

  #tellCell({ lte, registrationRestriction, simRejection }: SystemInfo): void {
    const { tell } = this.#scene
    if (lte?.mcc !== undefined && lte.mnc !== undefined) {
      tell('mcc', lte.mcc)
      tell('mnc', lte.mnc)
      tell('provider', brandOf(lte.mcc, lte.mnc))
      tell('tac', lte.trackingAreaCode)
      return tell('sim_rej_info', undefined)
    }
    if (registrationRestriction !== 'unrestricted' || simRejection === undefined) return
    tell('sim_rej_info', simRejection)
    tell('mcc', undefined)
    tell('mnc', undefined)
    tell('provider', undefined)
  }

  async #quietly(work: () => Promise<void>): Promise<boolean> {
    const { ifname, logger } = this.#scene.context
    try {
      await work()
      return true
    } catch (thrown) {
      logger.debug({ ifname }, messageOf(thrown))
      return false
    }
  }
}
