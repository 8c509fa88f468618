/** Whether the internet can be had through the modem: a pure reducer over what kernel and modem tell. */

import { assertNever } from '../../base/assert.js'
import type { Connection } from '../../base/connection.js'
import type { ServingSystem } from './codec/nas.js'

export interface ConnectivityState {
  /** The link is up and has carrier. */
  readonly lowerUp: boolean
  readonly hasAddress: boolean
  /** The modem says that the session stands. */
  readonly packet: boolean
  /** It is registered and attached; undefined: nothing was told yet. */
  readonly served: boolean | undefined
  /** 'going-down': the serving system was lost a moment ago. */
  readonly judgement: 'disconnected' | 'going-down' | 'internet'
}

export type ConnectivityInput =
  | { readonly type: 'link'; readonly lowerUp: boolean; readonly hasAddress: boolean }
  | { readonly type: 'packet'; readonly connected: boolean }
  | { readonly type: 'serving'; readonly system: ServingSystem | undefined }
  | { readonly type: 'graceOver' }

export type ConnectivityEffect =
  | { readonly type: 'report'; readonly connection: Connection; readonly reason: string }
  | { readonly type: 'startGrace'; readonly delayMs: number }
  | { readonly type: 'cancelGrace' }

export interface ConnectivityStep {
  readonly state: ConnectivityState
  readonly effects: readonly ConnectivityEffect[]
}

/** Towers hand over within that. */
export const GRACE_MS = 1_000

export const initialConnectivity: ConnectivityState = {
  lowerUp: false,
  hasAddress: false,
  packet: false,
  served: undefined,
  judgement: 'disconnected',
}

/** Circuit-switched attachment, which is for calls, does not count. */
export function isServed({ registration, ps, network, radios }: ServingSystem): boolean {
  return registration === 'registered' && ps === 'attached' && network !== 'unknown' && radios.length > 0
}

export function reduceConnectivity(state: ConnectivityState, input: ConnectivityInput): ConnectivityStep {
  switch (input.type) {
    case 'link':
      return judge({ ...state, lowerUp: input.lowerUp, hasAddress: input.hasAddress })
    case 'packet':
      return judge({ ...state, packet: input.connected })
    case 'serving':
      return judge({ ...state, served: input.system === undefined ? undefined : isServed(input.system) })
    case 'graceOver':
      if (state.judgement !== 'going-down') return { state, effects: [] }
      // The wait is over by itself.
      return fall({ ...state, judgement: 'internet' }, 'no network serves the modem')
    default:
      return assertNever(input)
  }
}

function judge(state: ConnectivityState): ConnectivityStep {
  const missing = missingOf(state)
  if (missing !== undefined) return state.judgement === 'disconnected' ? same(state) : fall(state, missing)
  if (state.served === true) return rise(state)
  if (state.judgement !== 'internet') return same(state)
  return { state: { ...state, judgement: 'going-down' }, effects: [{ type: 'startGrace', delayMs: GRACE_MS }] }
}

/** What ends a connection at once. */
function missingOf({ lowerUp, hasAddress, packet }: ConnectivityState): string | undefined {
  if (!lowerUp) return 'the link is down'
  if (!packet) return 'the modem has no session'
  return hasAddress ? undefined : 'no address'
}

function rise(state: ConnectivityState): ConnectivityStep {
  if (state.judgement === 'internet') return same(state)
  const risen: ConnectivityState = { ...state, judgement: 'internet' }
  if (state.judgement === 'going-down') return { state: risen, effects: [{ type: 'cancelGrace' }] }
  return { state: risen, effects: [{ type: 'report', connection: 'internet', reason: 'the modem has a session' }] }
}

function fall(state: ConnectivityState, reason: string): ConnectivityStep {
  const grace: ConnectivityEffect[] = state.judgement === 'going-down' ? [{ type: 'cancelGrace' }] : []
  return {
    state: { ...state, judgement: 'disconnected' },
    effects: [...grace, { type: 'report', connection: 'disconnected', reason }],
  }
}

function same(state: ConnectivityState): ConnectivityStep {
  return { state, effects: [] }
}
