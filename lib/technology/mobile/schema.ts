/** The configuration of a mobile interface, as a user writes it. */

import * as v from 'valibot'
import { metric } from '../../config/fields.js'
import { described, flag, integer, list, oneOf, section, text, word } from '../../config/section.js'

/** Of one SIM; the first is dialled. */
const MAX_PROVIDER_COUNT = 16
/** A script of a screenful is long. */
const MAX_ADDITIONS_CHARS = 4_096
/** No serial port is slower; no UART of a board is faster. */
const SPEED_LIMITS_BITS = [300, 4_000_000] as const
const MAX_SCAN_COUNT = 16

const APN_EXPECTED =
  "an access point name: letters, digits, '.', '-' and '_', at most 100 characters (3GPP TS 23.003, 9.1)"
/** Beyond these characters a name could leave its place in an AT command or in a line of the script. */
const apn = text(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/, APN_EXPECTED)
const credential = text(/^\P{Cc}{1,255}$/u, 'a text of at most 255 characters, no control characters among them')
const TTY_EXPECTED = "the name of a serial port: 'ttyUSB2', or a path below /dev"
const tty = v.pipe(
  text(/^(?:\/dev\/)?(?!\.)[A-Za-z0-9_.:@+-]{1,128}(?:\/(?!\.)[A-Za-z0-9_.:@+-]{1,128}){0,4}$/, TTY_EXPECTED),
  v.transform((name) => name.replace(/^\/dev\//, '')),
)

const serviceProvider = section(
  described(
    {
      apn,
      usage: v.optional(oneOf(['eps-bearer', 'pdp'])),
      user: v.optional(credential),
      password: v.optional(credential),
      auth: v.optional(oneOf(['pap', 'chap'])),
    },
    {
      apn: 'access point name of the network',
      usage: 'what a modem that needs two of them dials with it; absent: none',
      user: 'what the network is told when it asks who calls; absent: nothing',
      password: 'the password of `user`, a secret; absent: none',
      auth: 'the one protocol that is answered; absent: what the network asks for',
    },
  ),
  "a provider, such as { apn: 'internet.example' }",
)

const OPTIONS_EXPECTED = 'an object: what this modem understands'

export const mobileSchema = section(
  described(
    {
      type: word('mobile'),
      modem: text(/^[a-z0-9][a-z0-9-]{0,63}$/, "the name of a modem, such as 'quectel-ec25', or 'automatic'"),
      serviceProviders: list(
        serviceProvider,
        MAX_PROVIDER_COUNT,
        "a list of providers, such as [{ apn: 'internet.example' }]",
      ),
      chatscriptAdditions: v.optional(
        text(
          new RegExp(`^[^\\0]{0,${MAX_ADDITIONS_CHARS}}$`, 's'),
          `lines of a chat script, at most ${MAX_ADDITIONS_CHARS} characters`,
        ),
      ),
      atTty: v.optional(tty),
      pppTty: v.optional(tty),
      speed: v.optional(integer(...SPEED_LIMITS_BITS)),
      scan: v.optional(
        list(v.string('a text'), MAX_SCAN_COUNT, "a list of 'lte-cat-m1', 'lte-cat-nb1' and 'gsm', in order of search"),
      ),
      pin: v.optional(text(/^\d{4,8}$/, '4 to 8 digits')),
      modemOptions: v.optional(
        v.pipe(v.record(v.string(), v.unknown(), OPTIONS_EXPECTED), v.description(OPTIONS_EXPECTED)),
      ),
      metric: v.optional(metric),
      ignoreDns: v.optional(flag()),
      verbose: v.optional(flag()),
    },
    {
      type: 'selects this technology',
      modem: "which commands the modem understands; 'automatic': found by its USB device",
      serviceProviders: 'networks to dial; the first is dialled (a TOBY-L2 uses two)',
      chatscriptAdditions: 'lines of a chat script (chat(8)) that are said before dialling, a secret; absent: none',
      atTty: "serial port that answers AT commands while the other dials; absent: the modem's",
      pppTty: "serial port that dials; absent: the modem's",
      speed: "bits per second of both ports; absent: the modem's",
      scan: 'radio technologies in order of search, BG96 alone; other words are left out with a warning; absent: all three',
      pin: "the SIM card's PIN, a secret; absent: none is entered",
      modemOptions: 'what a modem of your own understands; absent: nothing',
      metric: 'base of the metric of its default route, lower is preferred; absent: computed',
      ignoreDns: "true: the network's name servers are not used; absent: false",
      verbose: 'true: pppd logs every packet of its negotiation, at debug; absent: false',
    },
  ),
  'the configuration of a mobile interface',
)

/** What a user may write. */
export type MobileInput = v.InferInput<typeof mobileSchema>
/** The normal form; ttys are names below /dev, and are there unless the modem is `automatic`. */
export type MobileConfig = v.InferOutput<typeof mobileSchema>
export type ServiceProvider = v.InferOutput<typeof serviceProvider>
