/** One modem: its channel, and the workers that each see to one thing. */

import { messageOf } from '../../errors.js'
import type { PartContext } from '../plan.js'
import type { ModemArgs } from './args.js'
import { type Indication, modemErrorOf, QmiChannel } from './channel.js'
import { MalformedMessage } from './codec/bytes.js'
import {
  getServingSystem,
  NAS_OPERATOR_NAME,
  NAS_SERVING_SYSTEM,
  NAS_SIGNAL_INFO,
  readServingSystem,
  readSignalInfo,
  registerIndications,
  type ServingSystem,
  setSystemSelection,
} from './codec/nas.js'
import { readOperatorName } from './codec/nas-cell.js'
import { SERVICES } from './codec/service.js'
import { readCardStatus, UIM_CARD_STATUS } from './codec/uim.js'
import { setDataFormat } from './codec/wda.js'
import { readEventReport, readPacketStatus, setEventReport, WDS_EVENT_REPORT, WDS_PACKET_STATUS } from './codec/wds.js'
import { Connectivity } from './connectivity.js'
import { isServed } from './connectivity-logic.js'
import { ModemInfo } from './info.js'
import { Monitors } from './monitors.js'
import { type ModemNote, readNote } from './note.js'
import { Radio } from './radio.js'
import { writeRawIp } from './raw-ip.js'
import type { ModemScene } from './scene.js'
import { Schedule } from './schedule.js'
import { Session } from './session.js'
import { Sim } from './sim.js'

/** What is told where several things are wrong: what the others follow from. */
const REASONS_IN_ORDER = ['sim', 'radio', 'network', 'session'] as const
type ReasonOf = (typeof REASONS_IN_ORDER)[number]

const STATISTICS_INTERVAL_S = 60
/** After a setting that the modem refused. */
const CONFIGURE_RETRY_MS = 30_000

export class Modem implements AsyncDisposable {
  readonly #context: PartContext
  readonly #scene: ModemScene
  readonly #schedule: Schedule
  readonly #radio: Radio
  readonly #session: Session
  readonly #connectivity: Connectivity
  readonly #sim: Sim
  readonly #info: ModemInfo
  readonly #monitors: Monitors
  #note: ModemNote
  /** What was told last while registered. */
  #roaming: boolean | undefined
  #channel: QmiChannel | undefined
  readonly #reasons = new Map<ReasonOf, string>()
  /** What of the configuration the modem has. */
  readonly #settings = new Set<string>()

  /** @throws (rejects) NetworkError ERR_KERNEL_REFUSED, ERR_TIMEOUT */
  static async start(args: ModemArgs, context: PartContext): Promise<Modem> {
    const modem = new Modem(args, context)
    try {
      await modem.#begin()
    } catch (thrown) {
      await modem[Symbol.asyncDispose]()
      throw thrown
    }
    return modem
  }

  private constructor(args: ModemArgs, context: PartContext) {
    this.#context = context
    this.#note = readNote(context.note)
    const { clock, logger, ifname } = context
    const warn = (text: string): void => logger.warn({ ifname }, text)
    this.#schedule = new Schedule(clock, (thrown) => warn(messageOf(thrown)))
    const scene: ModemScene = {
      context,
      args,
      schedule: this.#schedule,
      ask: (request, slot) => this.#opened().ask(request, slot),
      tell: (name, value) => {
        if (value === undefined || value === null) context.delete(['mobile', name])
        else context.put(['mobile', name], value)
      },
      warn,
    }
    this.#scene = scene
    this.#monitors = new Monitors(scene)
    this.#connectivity = new Connectivity({
      context,
      schedule: this.#schedule,
      onInternet: (internet) => this.#monitors.internet(internet),
    })
    this.#radio = new Radio({ scene, onReason: (reason) => this.#reason('radio', reason) })
    this.#session = new Session({
      scene,
      radio: this.#radio,
      failures: this.#note.failures,
      dhcp: args.dhcp || this.#note.dhcp,
      onNoAddress: () => this.#useDhcp(),
      onPacket: (connected) => this.#connectivity.packet(connected),
      onReason: (reason) => this.#reason('session', reason),
      onFailures: (failures) => this.#leaveNote({ failures }),
      onNoEffect: () => this.#schedule.run(() => this.#askServing()),
    })
    this.#info = new ModemInfo({ scene, onCard: (identity) => this.#session.card(identity) })
    this.#sim = new Sim({
      scene,
      onReady: (ready) => this.#cardReady(ready),
      onReason: (reason) => this.#reason('sim', reason),
    })
  }

  /** Ends the session, gives the client ids back, and closes the device. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#schedule.end()
    this.#connectivity.end()
    await this.#session.end()
    await this.#channel?.[Symbol.asyncDispose]()
  }

  #opened(): QmiChannel {
    if (this.#channel === undefined) throw new Error('the control channel is not open')
    return this.#channel
  }

  async #begin(): Promise<void> {
    const { args } = this.#scene
    this.#channel = await QmiChannel.open({
      context: this.#context,
      device: args.device,
      onIndication: (indication) => this.#schedule.run(() => this.#indicate(indication)),
      onLost: (reason) => this.#context.fail(reason),
    })
    this.#leaveNote({ silent: 0 })
    this.#connectivity.start()
    this.#info.start()
    this.#monitors.start()
    this.#schedule.run(() => this.#bringUp())
  }

  async #bringUp(): Promise<void> {
    await this.#radio.start()
    await this.#negotiateFraming()
    this.#schedule.run(() => this.#sim.start())
    this.#schedule.run(() => this.#registerAndAsk())
    this.#schedule.run(() => this.#configure(false))
  }

  /** The link speaks raw IP already; a modem that cannot do that has its way. */
  async #negotiateFraming(): Promise<void> {
    const { ask, warn } = this.#scene
    try {
      const framing = await ask(setDataFormat('raw-ip'))
      if (framing !== '802.3') return
    } catch (thrown) {
      // Modems that have no such service have one framing, which is raw IP on all that this driver serves in that mode.
      if (modemErrorOf(thrown) === undefined) warn(messageOf(thrown))
      return
    }
    const { kernel, ifname } = this.#context
    await kernel.send([{ type: 'setLink', ifname, up: false }])
    await writeRawIp(this.#context, ifname, false)
    await kernel.send([{ type: 'setLink', ifname, up: true }])
  }

  async #registerAndAsk(): Promise<void> {
    const { ask, warn } = this.#scene
    await ask(registerIndications()).catch((thrown: unknown) => warn(messageOf(thrown)))
    await this.#askServing()
  }

  async #askServing(): Promise<void> {
    this.#serving(await this.#scene.ask(getServingSystem()))
  }

  /** Each setting is made once; connecting waits for the choice of radio technologies only. */
  async #configure(late: boolean): Promise<void> {
    const { args, schedule } = this.#scene
    const chosen = await this.#setOnce('radio', async (ask) => {
      if (args.onlyRadioTechnologies.length > 0) await ask(setSystemSelection(args.onlyRadioTechnologies))
    })
    if (chosen) this.#session.feed({ type: 'configured', late })
    const counted = await this.#setOnce('statistics', async (ask) => {
      await ask(setEventReport(STATISTICS_INTERVAL_S))
    })
    if (!chosen || !counted) schedule.after('configure', CONFIGURE_RETRY_MS, () => this.#configure(true))
  }

  /** True when it is set, now or before, or the modem has no such thing. */
  async #setOnce(name: string, work: (ask: ModemScene['ask']) => Promise<void>): Promise<boolean> {
    if (this.#settings.has(name)) return true
    try {
      await work(this.#scene.ask)
    } catch (thrown) {
      this.#scene.warn(messageOf(thrown))
      // Statistics are worth nothing where a modem has none; a choice that is not made is not left out.
      if (name !== 'statistics' || modemErrorOf(thrown) !== 'not_supported') return false
    }
    this.#settings.add(name)
    return true
  }

  #cardReady(ready: boolean): void {
    if (ready) return this.#info.readCard()
    this.#info.forgetCard()
    this.#session.card(undefined)
  }

  #serving(system: ServingSystem): void {
    const { tell } = this.#scene
    const registered = system.registration === 'registered'
    this.#roaming = registered ? (system.roaming ?? this.#roaming) : undefined
    tell('registration', registrationOf(system.registration, this.#roaming))
    tell('roaming', this.#roaming)
    const place = {
      network: system.plmn?.name,
      cid: system.cellId,
      lac: system.locationAreaCode,
      tac: system.trackingAreaCode,
    }
    for (const [name, value] of Object.entries(place)) {
      // Indications leave out what has not changed; without a network nothing of it holds.
      if (!registered) tell(name as keyof typeof place, undefined)
      else if (value !== undefined) tell(name as keyof typeof place, value)
    }
    if (system.networkTime !== undefined) tell('network_datetime', system.networkTime)
    if (system.utcOffset !== undefined) tell('utc_offset', system.utcOffset)
    if (system.stdOffset !== undefined) tell('std_offset', system.stdOffset)
    this.#reason('network', system.registration === 'registration_denied' ? 'the network refuses the modem' : undefined)
    this.#connectivity.serving(system)
    this.#session.feed({ type: 'serving', registered: isServed(system) })
  }

  async #indicate({ frame, slot }: Indication): Promise<void> {
    const { tell, context } = this.#scene
    const { message, tlvs } = frame
    try {
      switch (frame.service) {
        case SERVICES.nas:
          if (message === NAS_SERVING_SYSTEM) return this.#serving(readServingSystem(tlvs, 'indication'))
          if (message === NAS_SIGNAL_INFO) return this.#monitors.signalInfo(readSignalInfo(tlvs))
          if (message === NAS_OPERATOR_NAME) {
            const name = readOperatorName(tlvs)
            if (name !== undefined) tell('network', name.long)
          }
          return
        case SERVICES.wds:
          if (message === WDS_EVENT_REPORT) {
            return tell('statistics', { timestamp: context.clock.nowMs(), ...readEventReport(tlvs) })
          }
          if (message === WDS_PACKET_STATUS) {
            const status = readPacketStatus(tlvs)
            if (status.state === 'connected' && status.reconfigurationRequired) this.#session.refresh()
            if (status.state === 'connected' || status.state === 'disconnected') {
              this.#session.packet(slot, status)
            }
          }
          return
        case SERVICES.uim:
          if (message === UIM_CARD_STATUS) await this.#sim.tell(readCardStatus(tlvs))
          return
      }
    } catch (thrown) {
      if (!(thrown instanceof MalformedMessage)) throw thrown
      this.#scene.warn(`a malformed indication of the modem: ${thrown.message}`)
    }
  }

  #reason(about: ReasonOf, reason: string | undefined): void {
    if (reason === undefined) this.#reasons.delete(about)
    else this.#reasons.set(about, reason)
    const first = REASONS_IN_ORDER.map((one) => this.#reasons.get(one)).find((one) => one !== undefined)
    this.#context.setProblem(first)
  }

  #useDhcp(): void {
    this.#note = { ...this.#note, dhcp: true }
    this.#context.takePlan(this.#scene.args.dhcpPlan, { ...this.#note })
  }

  #leaveNote(change: Partial<ModemNote>): void {
    this.#note = { ...this.#note, ...change }
    this.#context.leaveNote({ ...this.#note })
  }
}

/** The property `mobile/registration`, in the words that other modems have. */
function registrationOf(registration: ServingSystem['registration'], roaming: boolean | undefined): string {
  switch (registration) {
    case 'registered':
      return roaming === true ? 'roaming' : 'home'
    case 'not_registered_searching':
      return 'searching'
    case 'registration_denied':
      return 'denied'
    case 'not_registered':
      return 'not-registered'
    case 'unknown':
      return 'unknown'
  }
}
