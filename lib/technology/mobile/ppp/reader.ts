/** Who hears pppd: routes and name servers come and go with what it tells. */

import { DhcpEventDecoder } from '../../../dhcp/event-decoder.js'
import type { DaemonReader, DaemonReading, Json, StepContext } from '../../plan.js'
import { endOfPppd, type PppSettings, readPppEvent, tellingLine } from './events.js'

export function pppReader(settings: PppSettings): DaemonReader {
  return { name: 'ppp', args: { ...settings }, open }
}

function open(args: Json, context: StepContext): DaemonReading {
  const settings = args as PppSettings
  const { ifname, logger } = context
  const decoder = new DhcpEventDecoder((what) => logger.warn({ ifname }, `pppd: ${what} was dropped`))
  let told: string | undefined
  const down = (): void => {
    context.clearRoutes()
    context.clearNameServers()
  }
  return {
    events: (chunk) => {
      for (const raw of decoder.push(chunk)) {
        const event = readPppEvent(raw, ifname, settings)
        if (event?.type === 'down') down()
        if (event?.type !== 'up') continue
        context.setRoutes(event.routes)
        context.setNameServers(event.nameServers)
      }
    },
    line: (line) => {
      told = tellingLine(line) ?? told
    },
    endReason: ({ exitCode }) => endOfPppd(exitCode, told),
    ended: down,
  }
}
