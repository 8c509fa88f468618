/** The configuration of a modem that speaks QMI, as a user writes it. */

import * as v from 'valibot'
import * as fields from '../../config/fields.js'
import { ipv4Schema, ipv6Schema } from '../../config/schema.js'
import { described, flag, list, oneOf, section, text, word } from '../../config/section.js'

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
  described(
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
    {
      apn: 'access point name of the network',
      onlyIccidPrefixes: 'only for SIM cards whose number begins so; absent: for every card',
      onlyPlmns: 'only for cards of these home networks; absent: for every card',
      roamingAllowed: "other networks than the card's own may be used; absent: the modem's own setting",
      authentication:
        "how user name and password are told; absent: 'pap-or-chap' with a `username`, else the modem's choice",
      username: 'what the network is told when it asks who calls; absent: nothing',
      password: 'the password of `username`, a secret; absent: none',
      ipFamily: "'both': two sessions, of which one may be refused; absent: 'ipv4'",
    },
  ),
  "an object with an apn: { apn: 'internet' }",
)

const PROVIDERS = "a list of one or more service providers: [{ apn: 'internet' }]"
const TECHNOLOGIES = ['cdma-1x', 'cdma-1x-hrpd', 'gsm', 'umts', 'lte', 'td-scdma', 'nr5g'] as const

/** What older configurations have in a section `qmi`. */
export const qmiEntries = described(
  {
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
  },
  {
    serviceProviders: 'networks to dial, chosen by SIM card; required, here or in `qmi`',
    onlyRadioTechnologies: 'radio technologies that the modem may use, set in the modem for good, []: all; absent: all',
    pin: "the SIM card's PIN, a secret; absent: none is entered",
    device: "the modem's control channel; absent: /dev/cdc-wdmN of wwanN",
  },
)

export const qmiSchema = section(
  {
    ...described({ type: word('qmi') }, { type: 'selects this technology' }),
    ...qmiEntries,
    ...described(
      {
        qmi: v.optional(section(qmiEntries, 'an object')),
        ipv4: v.optional(ipv4Schema),
        ipv6: v.optional(ipv6Schema),
        hostname: v.optional(fields.hostname),
        mtu: v.optional(fields.mtu),
        metric: v.optional(fields.metric),
        teardownOnChange: v.optional(flag()),
      },
      {
        qmi: 'the same keys where older configurations have them',
        ipv4: "method 'dhcp' alone: addresses are asked for by udhcpc; absent: those that the modem tells",
        ipv6: 'what the kernel does by itself; absent: left as it is',
        hostname: "the name that DHCP sends; absent: the machine's host name",
        mtu: "longest packet of the link in bytes; absent: the modem's",
        metric: 'base of the metric of its default route, lower is preferred; absent: computed',
        teardownOnChange: 'true: every change of this configuration undoes everything first; absent: false',
      },
    ),
  },
  'the configuration of a modem that speaks QMI',
)

/** What a user may write. */
export type QmiInput = v.InferInput<typeof qmiSchema>
export type GivenProvider = v.InferOutput<typeof serviceProvider>
