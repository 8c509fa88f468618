/** What a card's state means for us. Pure. */

import type { Card, CardApplication } from './codec/uim.js'

/** The property `mobile/sim`. */
export type SimState = 'ready' | 'absent' | 'pin-required' | 'puk-required' | 'blocked' | 'error' | 'starting'

export interface SimView {
  readonly state: SimState
  /** Attempts that are left to enter the PIN, where that is asked for. */
  readonly pinRetries?: number
}

/** Of the first card that is there. */
export function simStateOf(cards: readonly Card[]): SimView {
  const card = cards.find(({ state }) => state === 'present')
  if (card === undefined) return { state: cards.some(({ state }) => state === 'error') ? 'error' : 'absent' }
  const application = card.applications.find(({ type }) => type === 'usim' || type === 'sim') ?? card.applications[0]
  return application === undefined ? { state: 'starting' } : ofApplication(application)
}

function ofApplication({ state, pin, pinRetries }: CardApplication): SimView {
  if (pin === 'permanently_blocked') return { state: 'blocked' }
  switch (state) {
    case 'ready':
      return { state: 'ready' }
    case 'pin_required':
      return { state: 'pin-required', pinRetries }
    case 'puk_required':
      return { state: 'puk-required' }
    case 'pin_blocked':
      return { state: 'blocked' }
    case 'illegal':
      return { state: 'error' }
    case 'unknown':
    case 'detected':
    case 'personalization':
      return { state: 'starting' }
  }
}
