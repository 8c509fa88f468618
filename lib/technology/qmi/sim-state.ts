/** What a card's state means for us. Pure. */

import type { Card, CardApplication } from './codec/uim.js'

/** The property `mobile/sim`, in the words that other modems have. 'unknown': the card does not work. */
export type SimState = 'ready' | 'missing' | 'pin' | 'puk' | 'blocked' | 'unknown' | 'busy'

export interface SimView {
  readonly state: SimState
  /** Attempts that are left to enter the PIN, where that is asked for. */
  readonly pinRetries?: number
}

/** Of the first card that is there. */
export function simStateOf(cards: readonly Card[]): SimView {
  const card = cards.find(({ state }) => state === 'present')
  if (card === undefined) return { state: cards.some(({ state }) => state === 'error') ? 'unknown' : 'missing' }
  const application = card.applications.find(({ type }) => type === 'usim' || type === 'sim') ?? card.applications[0]
  return application === undefined ? { state: 'busy' } : ofApplication(application)
}

function ofApplication({ state, pin, pinRetries }: CardApplication): SimView {
  if (pin === 'permanently_blocked') return { state: 'blocked' }
  switch (state) {
    case 'ready':
      return { state: 'ready' }
    case 'pin_required':
      return { state: 'pin', pinRetries }
    case 'puk_required':
      return { state: 'puk' }
    case 'pin_blocked':
      return { state: 'blocked' }
    case 'illegal':
      return { state: 'unknown' }
    case 'unknown':
    case 'detected':
    case 'personalization':
      return { state: 'busy' }
  }
}
