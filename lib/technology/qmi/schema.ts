/** The configuration of a modem that speaks QMI, as a user writes it. */

import * as v from 'valibot'
import * as fields from '../../config/fields.js'
import { ipv4Schema, ipv6Schema } from '../../config/schema.js'
import { flag, list, oneOf, section, text, word } from '../../config/section.js'

/** A card of each provider that a product may meet. */
const MAX_PROVIDER_COUNT = 256
const MAX_PREFIX_COUNT = 256

const apn = text(
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/,
  'an access point name: 1 to 100 letters, digits, dots, hyphens and underscores',
)
const iccidPrefix = text(/^\d{1,20}$/, 'the first 1 to 20 digits of an ICCID')
const plmn = text(/^\d{5,6}$/, 'a network: 3 digits of MCC and 2 or 3 of MNC')
const credential = text(/^[^\0]{1,127}$/, 'a text of 1 to 127 characters')

export const serviceProvider = section(
  {
    apn,
    onlyIccidPrefixes: v.optional(list(iccidPrefix, MAX_PREFIX_COUNT, 'a list of beginnings of ICCIDs')),
    onlyPlmns: v.optional(list(plmn, MAX_PREFIX_COUNT, 'a list of networks')),
    roamingAllowed: v.optional(flag()),
    authentication: v.optional(oneOf(['none', 'pap', 'chap', 'pap-or-chap'])),
    username: v.optional(credential),
    password: v.optional(credential),
    ipFamily: v.optional(oneOf(['ipv4', 'ipv6', 'both'])),
  },
  "an object with an apn: { apn: 'internet' }",
)

const PROVIDERS = "a list of one or more service providers: [{ apn: 'internet' }]"
const TECHNOLOGIES = ['cdma-1x', 'cdma-1x-hrpd', 'gsm', 'umts', 'lte', 'td-scdma', 'nr5g'] as const

/** What older configurations have in a section `qmi`. */
export const qmiEntries = {
  serviceProviders: v.optional(
    v.pipe(
      v.array(serviceProvider, PROVIDERS),
      v.minLength(1, PROVIDERS),
      v.maxLength(MAX_PROVIDER_COUNT, `${PROVIDERS}, at most ${MAX_PROVIDER_COUNT}`),
      v.description(PROVIDERS),
    ),
  ),
  onlyRadioTechnologies: v.optional(list(oneOf(TECHNOLOGIES), TECHNOLOGIES.length, 'a list of radio technologies')),
  pin: v.optional(text(/^\d{4,8}$/, 'a PIN of 4 to 8 digits')),
  device: v.optional(text(/^\/dev\/[A-Za-z0-9._/-]{1,100}$/, 'the path of the control channel below /dev')),
}

export const qmiSchema = section(
  {
    type: word('qmi'),
    ...qmiEntries,
    qmi: v.optional(section(qmiEntries, 'an object')),
    ipv4: v.optional(ipv4Schema),
    ipv6: v.optional(ipv6Schema),
    hostname: v.optional(fields.hostname),
    mtu: v.optional(fields.mtu),
    metric: v.optional(fields.metric),
    teardownOnChange: v.optional(flag()),
  },
  'the configuration of a modem that speaks QMI',
)

/** What a user may write. */
export type QmiInput = v.InferInput<typeof qmiSchema>
export type GivenProvider = v.InferOutput<typeof serviceProvider>
