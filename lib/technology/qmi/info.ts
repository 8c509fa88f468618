/** What modem and card are: asked for once, each until it is known. */

import { messageOf } from '../../errors.js'
import { modemErrorOf } from './channel.js'
import { getIccid, getIds, getManufacturer, getModel } from './codec/dms.js'
import { getHomeNetwork, type Plmn } from './codec/nas.js'
import { ICCID_FILE, readBcd, readTransparent } from './codec/uim.js'
import type { CardIdentity } from './provider.js'
import type { ModemScene } from './scene.js'

/** Modems answer some questions only when they have settled. */
const RETRY_MS = 5_000

export interface ModemInfoOptions {
  readonly scene: ModemScene
  readonly onCard: (identity: CardIdentity & { readonly iccid: string }) => void
}

export class ModemInfo {
  readonly #options: ModemInfoOptions
  #iccid: string | undefined

  constructor(options: ModemInfoOptions) {
    this.#options = options
  }

  start(): void {
    const { scene } = this.#options
    this.#until('ids', async () => {
      const { esn, imei, meid, imeisvSvn } = await scene.ask(getIds())
      scene.tell('esn', esn)
      scene.tell('imei', imei)
      scene.tell('meid', meid)
      scene.tell('imeisv_svn', imeisvSvn)
    })
    this.#until('model', async () => scene.tell('model', await scene.ask(getModel())))
    this.#until('manufacturer', async () => scene.tell('manufacturer', await scene.ask(getManufacturer())))
  }

  /** A card is usable. */
  readCard(): void {
    this.#until('iccid', async () => {
      const { scene, onCard } = this.#options
      const iccid = await this.#readIccid()
      this.#iccid = iccid
      scene.tell('iccid', iccid)
      const wanted = scene.args.serviceProviders.some(({ onlyPlmns }) => onlyPlmns !== undefined)
      onCard({ iccid, plmns: wanted ? textsOf(await scene.ask(getHomeNetwork())) : [] })
    })
  }

  forgetCard(): void {
    const { scene } = this.#options
    scene.schedule.cancel('info iccid')
    this.#iccid = undefined
    scene.tell('iccid', undefined)
  }

  /** Undefined: no card is known. */
  get iccid(): string | undefined {
    return this.#iccid
  }

  async #readIccid(): Promise<string> {
    const { ask } = this.#options.scene
    try {
      return readBcd(await ask(readTransparent(ICCID_FILE)))
    } catch (thrown) {
      // Older modems have no service for cards, and tell it here.
      if (modemErrorOf(thrown) === undefined) throw thrown
      return await ask(getIccid())
    }
  }

  #until(name: string, work: () => Promise<void>): void {
    const { scene } = this.#options
    scene.schedule.run(async () => {
      try {
        await work()
      } catch (thrown) {
        scene.context.logger.debug({ ifname: scene.context.ifname }, messageOf(thrown))
        scene.schedule.after(`info ${name}`, RETRY_MS, () => this.#until(name, work))
      }
    })
  }
}

/** The modem tells numbers: whether the MNC has two digits or three is not known below 100. */
function textsOf({ mcc, mnc }: Plmn): string[] {
  return [2, 3].map((digits) => String(mcc).padStart(3, '0') + String(mnc).padStart(digits, '0'))
}
