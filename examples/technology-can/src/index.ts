/**
 * CAN interfaces (ISO 11898, Linux SocketCAN): one of the machine's own with its bit rate, or a virtual one that the plan makes.
 *
 *     const net = await VintageNet.start({ technologies: [can] })
 *     await net.configure('can0', { type: 'can', bitrate: 500_000 })
 *     await net.configure('vcan0', { type: 'can', virtual: true })
 */

import { isNetworkError, NetworkError } from 'vintage-net'
import {
  type Finding,
  flag,
  type InferInput,
  type InferOutput,
  integer,
  invalidField,
  makePlan,
  optional,
  type Plan,
  type Step,
  section,
  type Technology,
  type VerifyContext,
  validate,
  word,
} from 'vintage-net/technology'

const schema = section(
  {
    type: word('can'),
    /** Bits in a second; what the bus has. */
    bitrate: optional(integer(10_000, 1_000_000)),
    /** Hears, and sends nothing, not even acknowledgements. */
    listenOnly: optional(flag()),
    /** After so many milliseconds off the bus for its errors the controller comes back; 0: never by itself. */
    restartMs: optional(integer(0, 60_000)),
    /** A bus within this machine. */
    virtual: optional(flag()),
  },
  'the configuration of a CAN interface',
)

/** What a user writes. */
export type CanInput = InferInput<typeof schema>
/** The same when it is checked. */
export type CanConfig = InferOutput<typeof schema>

export const can: Technology<CanConfig> = {
  type: 'can',

  normalize(config, context) {
    const given = validate(schema, config, context)
    if (given.virtual !== true && given.bitrate === undefined) {
      throw invalidField(['bitrate'], 'the bit rate of the bus, 10000 to 1000000', undefined)
    }
    for (const key of ['bitrate', 'listenOnly', 'restartMs'] as const) {
      if (given.virtual === true && given[key] !== undefined) {
        throw invalidField([key], 'nothing: a virtual bus has no controller', given[key])
      }
    }
    return given
  },

  plan: (ifname, config) => (config.virtual === true ? virtualBus(ifname, config) : controller(ifname, config)),

  /** `restart`: takes the controller off the bus and on again, whatever state its errors have brought it to. */
  async ioctl(ifname, command, _args, { kernel }) {
    if (command !== 'restart') throw new NetworkError('ERR_UNSUPPORTED', `can has no command ${command}`, { ifname })
    const results = await kernel.send([
      { type: 'setLink', ifname, up: false },
      { type: 'setLink', ifname, up: true },
    ])
    const refused = results.find((result) => isNetworkError(result))
    if (refused !== undefined) throw refused
  },

  async verify({ interfaces, findProgram }: VerifyContext): Promise<Finding[]> {
    const controllers = interfaces.filter(({ config }) => (config as CanConfig).virtual !== true)
    if (controllers.length === 0 || (await findProgram('ip')) !== undefined) return []
    const names = controllers.map(({ ifname }) => ifname).join(', ')
    return [
      {
        code: 'CAN_NO_IP_PROGRAM',
        severity: 'error',
        message: `the bit rate of ${names} cannot be set: there is no program ip`,
        remedy: 'install iproute2',
      },
    ]
  },
}

/** The kernel makes it, and its end takes it away again. */
function virtualBus(ifname: string, config: CanConfig): Plan {
  return makePlan({
    ifname,
    type: 'can',
    source: config,
    requires: [],
    up: [
      { type: 'kernel', command: { type: 'addLink', ifname, kind: 'vcan' } },
      { type: 'kernel', command: { type: 'setLink', ifname, up: true } },
    ],
    down: [{ type: 'kernel', command: { type: 'deleteLink', ifname } }],
    connectivity: 'lan',
  })
}

/** The engine knows no attributes of CAN: `ip` sets them, which the controller takes only while it is down. */
function controller(ifname: string, config: CanConfig): Plan {
  const { bitrate, listenOnly = false, restartMs = 0 } = config
  const settings = [
    'bitrate',
    String(bitrate),
    'restart-ms',
    String(restartMs),
    'listen-only',
    listenOnly ? 'on' : 'off',
  ]
  const link = (up: boolean): Step => ({ type: 'kernel', command: { type: 'setLink', ifname, up } })
  return makePlan({
    ifname,
    type: 'can',
    source: config,
    up: [
      link(false),
      { type: 'run', program: 'ip', args: ['link', 'set', 'dev', ifname, 'type', 'can', ...settings] },
      link(true),
    ],
    down: [link(false)],
    connectivity: 'lan',
  })
}
