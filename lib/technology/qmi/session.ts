/** Begins and ends packet sessions, as session-logic.ts says. */

import { messageOf } from '../../errors.js'
import { modemErrorOf, type Slot } from './channel.js'
import {
  getPacketStatus,
  type IpFamily,
  modifyProfile,
  type PacketStatus,
  setIpFamily,
  startNetwork,
  stopNetwork,
} from './codec/wds.js'
import { LinkSettings } from './link-settings.js'
import type { ServiceProvider } from './normalize.js'
import { type CardIdentity, chooseProvider } from './provider.js'
import type { Radio } from './radio.js'
import type { ModemScene } from './scene.js'
import {
  initialSession,
  reduceSession,
  type SessionEffect,
  type SessionInput,
  type SessionState,
} from './session-logic.js'

const PROFILE = 1
/** When everything ends, the network is told within that, or not at all. */
const STOP_LIMIT_MS = 2_000

export interface SessionOptions {
  readonly scene: ModemScene
  readonly radio: Radio
  /** How many sessions failed before this part was started. */
  readonly failures: number
  /** A DHCP client brings the IPv4 address. */
  readonly dhcp: boolean
  /** The modem has told no IPv4 address. */
  readonly onNoAddress: () => void
  /** Whether a session stands. */
  readonly onPacket: (connected: boolean) => void
  readonly onReason: (reason: string | undefined) => void
  readonly onFailures: (failures: number) => void
  /** The network did not begin anything new: what it says of the present must be asked for. */
  readonly onNoEffect: () => void
}

interface Running {
  readonly family: IpFamily
  /** Undefined: the modem had it already. */
  readonly handle: number | undefined
}

export class Session {
  readonly #options: SessionOptions
  readonly #settings: LinkSettings
  #state: SessionState
  #identity: CardIdentity = { iccid: null }
  #running: Running[] = []
  /** The network has ended one while another one was being started. */
  #lostEarly = false
  #sessionCount = 0
  /** One thing at a time. */
  #work: Promise<void> = Promise.resolve()

  constructor(options: SessionOptions) {
    this.#options = options
    this.#settings = new LinkSettings(options)
    this.#state = { ...initialSession, failures: options.failures }
  }

  card(identity: CardIdentity | undefined): void {
    if (identity !== undefined) this.#identity = identity
    this.feed({ type: 'card', iccid: identity?.iccid ?? undefined })
  }

  feed(input: SessionInput): void {
    if (this.#options.scene.schedule.ended) return
    const { state, effects } = reduceSession(this.#state, input)
    if (state.failures !== this.#state.failures) this.#options.onFailures(state.failures)
    this.#state = state
    for (const effect of effects) this.#do(effect)
  }

  /** The modem says something of a session of ours, or of all. */
  packet(slot: Slot | undefined, { state, verboseEndReason }: PacketStatus): void {
    const family: IpFamily = slot === 'wds-ipv6' ? 6 : 4
    const ours = this.#running.some((one) => slot === undefined || one.family === family)
    if (!ours) return
    if (state === 'connected') return this.#options.onPacket(true)
    const why = verboseEndReason === undefined ? '' : ` (${verboseEndReason.type} reason ${verboseEndReason.reason})`
    this.#options.onReason(`the network has ended the session${why}`)
    // Its handle is worth nothing any more; what is told to all clients may be of one of them.
    if (slot !== undefined) this.#running = this.#running.filter((one) => one.family !== family)
    // With two sessions the other one may still stand; both begin anew.
    this.#options.onPacket(false)
    if (this.#state.phase === 'starting') this.#lostEarly = true
    this.feed({ type: 'lost' })
  }

  /** The address may have changed. */
  refresh(): void {
    this.#queue(() => this.#settings.refresh(this.#families()))
  }

  /** Ends what stands. Never rejects. */
  async end(): Promise<void> {
    // A session that is being started is not waited for: it ends with its client id.
    await this.#disconnect(STOP_LIMIT_MS)
    await this.#options.radio.end()
  }

  #do(effect: SessionEffect): void {
    const { schedule } = this.#options.scene
    switch (effect.type) {
      case 'wait':
        return schedule.after('session', effect.delayMs, () => this.feed({ type: 'timer' }))
      case 'cancelWait':
        return schedule.cancel('session')
      case 'connect':
        return this.#queue(() => this.#connect())
      case 'disconnect':
        return this.#queue(() => this.#disconnect())
      case 'restartRadio':
        return this.#queue(() => this.#restartRadio())
      case 'cyclePower':
        return this.#queue(() => this.#cyclePower())
    }
  }

  #queue(work: () => Promise<void>): void {
    const { schedule, warn } = this.#options.scene
    this.#work = this.#work.then(async () => {
      if (schedule.ended) return
      await work().catch((thrown: unknown) => {
        if (!schedule.ended) warn(messageOf(thrown))
      })
    })
  }

  async #connect(): Promise<void> {
    const { scene, radio, onReason } = this.#options
    const provider = chooseProvider(scene.args.serviceProviders, this.#identity)
    if (provider === undefined) {
      const reason = 'no service provider of the configuration fits the SIM card'
      scene.warn(reason)
      onReason(reason)
      return this.feed({ type: 'refused', retry: false })
    }
    scene.tell('apn', provider.apn)
    this.#lostEarly = false
    try {
      await this.#start(provider)
    } catch (thrown) {
      await this.#disconnect()
      if (scene.schedule.ended) return
      scene.warn(messageOf(thrown))
      onReason(messageOf(thrown))
      return this.feed({ type: 'refused', retry: true })
    }
    radio.works()
    this.feed({ type: 'started' })
    if (this.#lostEarly) return this.feed({ type: 'lost' })
    onReason(undefined)
    // Who hears of the internet finds name servers and routes.
    await this.#settings.refresh(this.#families())
    if (this.#state.phase === 'up' && this.#running.length > 0) this.#options.onPacket(true)
    // A lease of an earlier session may be of another network.
    if (this.#settings.usesDhcp && this.#sessionCount > 0) this.#renewLease()
    this.#sessionCount += 1
  }

  async #start(provider: ServiceProvider): Promise<void> {
    const { ask } = this.#options.scene
    if (provider.roamingAllowed !== undefined) {
      const extended = await ask(modifyProfile(provider.roamingAllowed))
      if (extended !== undefined) throw new Error(`the modem refused its profile: extended error ${extended}`)
    }
    const failures: unknown[] = []
    for (const family of familiesOf(provider)) {
      await this.#startFamily(provider, family).catch((thrown: unknown) => failures.push(thrown))
    }
    // Networks that know one family only refuse the other.
    if (this.#running.length === 0) throw failures[0] ?? new Error('the network has ended the session')
    for (const thrown of failures) this.#options.scene.warn(messageOf(thrown))
  }

  async #startFamily({ apn, authentication, username, password }: ServiceProvider, family: IpFamily): Promise<void> {
    const { ask } = this.#options.scene
    const slot: Slot = family === 6 ? 'wds-ipv6' : 'wds'
    // Older modems know one family, and refuse to be told which.
    await ask(setIpFamily(family), slot).catch((thrown: unknown) => {
      if (modemErrorOf(thrown) === undefined) throw thrown
    })
    const kind = authentication ?? (username === undefined ? undefined : 'pap-or-chap')
    try {
      const handle = await ask(
        startNetwork({ apn, family, authentication: kind, username, password, profile: PROFILE }),
        slot,
      )
      this.#running.push({ family, handle })
    } catch (thrown) {
      if (modemErrorOf(thrown) !== 'no_effect') throw thrown
      // It stands already: no indication tells of it.
      const state = await ask(getPacketStatus(), slot)
      if (state !== 'connected') throw thrown
      this.#running.push({ family, handle: undefined })
      this.#options.onNoEffect()
    }
  }

  async #disconnect(limitMs?: number): Promise<void> {
    const { ask, context } = this.#options.scene
    this.#options.onPacket(false)
    const running = this.#running
    this.#running = []
    await this.#settings.withdraw()
    for (const { family, handle } of running) {
      if (handle === undefined) continue
      const stop = limitMs === undefined ? stopNetwork(handle) : { ...stopNetwork(handle), limitMs }
      await ask(stop, family === 6 ? 'wds-ipv6' : 'wds').catch((thrown: unknown) => {
        context.logger.debug({ ifname: context.ifname }, messageOf(thrown))
      })
    }
  }

  async #restartRadio(): Promise<void> {
    const { scene, radio } = this.#options
    scene.warn('sessions fail: the radio is switched off and on')
    await this.#disconnect()
    await radio.restart()
    // Also where it stays off, which has a reason of its own then: the ladder must come to the power.
    this.feed({ type: 'repaired' })
  }

  async #cyclePower(): Promise<void> {
    if (!this.#options.scene.context.resetPower()) return await this.#restartRadio()
    this.#options.scene.warn('sessions fail: the power manager switches the modem off and on')
  }

  #renewLease(): void {
    const { context } = this.#options.scene
    context.fail('a new session needs a new lease', 'udhcpc')
  }

  #families(): IpFamily[] {
    return this.#running.map(({ family }) => family)
  }
}

function familiesOf({ ipFamily = 'ipv4' }: ServiceProvider): readonly IpFamily[] {
  if (ipFamily === 'both') return [4, 6]
  return [ipFamily === 'ipv6' ? 6 : 4]
}
