/**
 * u-blox TOBY-L2: the bearer of LTE has a name of its own, besides the context of 2G and 3G, and both can be set in flight
 * mode only. Once in its life it must be told AT+UUSBCONF=2. Pure.
 */

import { invalidField } from '../../../config/validate.js'
import type { Modem } from '../modem.js'
import type { MobileConfig, ServiceProvider } from '../schema.js'

export const ubloxTobyL2: Modem = {
  name: 'ublox-toby-l2',
  pppTty: 'ttyACM2',
  atTty: 'ttyACM1',
  speed: 115_200,
  monitors: ['signal'],
  // It leaves flight mode and searches anew before it dials.
  answerTimeoutSeconds: 120,
  normalize: ({ scan: _scan, ...config }) => {
    apnFor(config, 'eps-bearer')
    apnFor(config, 'pdp')
    return config
  },
  script: (config) => [
    '# flight mode: what follows is refused while it is registered',
    'OK AT+CFUN=4',
    'OK AT+CGDEL',
    '',
    '# the bearer of LTE, then the context of 2G and 3G',
    `OK AT+UCGDFLT=1,"IP","${apnFor(config, 'eps-bearer')}"`,
    `OK AT+CGDCONT=1,"IP","${apnFor(config, 'pdp')}"`,
    '',
    'OK AT+CFUN=1',
  ],
}

function apnFor({ serviceProviders }: MobileConfig, usage: NonNullable<ServiceProvider['usage']>): string {
  const provider = serviceProviders.find((one) => one.usage === usage)
  if (provider !== undefined) return provider.apn
  const expected =
    "two providers, such as [{ apn: 'lte.example', usage: 'eps-bearer' }, { apn: 'example', usage: 'pdp' }]"
  throw invalidField(['serviceProviders'], expected, serviceProviders)
}
