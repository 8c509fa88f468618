/** After an orderly stop nothing of ours is left. */

import { OUR_PROTOCOL } from '../../../lib/kernel/messages.js'
import { factorySettings, readLinkSettings } from '../link-settings.js'
import type { Invariant } from './invariant.js'

export const nothingIsLeft: Invariant = {
  name: 'after stop the kernel holds nothing of ours',
  check({ device, before, isAllNoted }) {
    const { state } = device.network
    const ours = state.addresses.filter(({ protocol }) => protocol === OUR_PROTOCOL)
    const complaints = [
      ...device.ourRoutes().map(({ destination, table }) => `route ${destination} table ${table}`),
      ...device.ourRules().map(({ from, table }) => `rule from ${from} lookup ${table}`),
      ...ours.map(({ address, ifindex }) => `address ${address} of link ${ifindex}`),
    ]
    for (const [ifindex, settings] of readLinkSettings(state)) {
      const adapter = device.adapters.find((one) => one.ifindex === ifindex)
      const expected = before.get(ifindex) ?? factorySettings(state, adapter?.macAddress ?? '')
      if (isAllNoted && settings !== expected) complaints.push(`link ${ifindex}: ${settings} instead of ${expected}`)
    }
    return complaints
  },
}

export const nothingRuns: Invariant = {
  name: 'after stop no daemon runs and no timer waits',
  check({ process }) {
    const daemons = process.daemons.running('udhcpc').map(({ pid }) => `udhcpc ${pid}`)
    const timers = process.clock.pendingTimers
    return timers === 0 ? daemons : [...daemons, `${timers} timers`]
  },
}
