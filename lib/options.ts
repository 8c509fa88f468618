/** The options of an instance: their types, their checks and their defaults. */

import * as nodeFileSystem from 'node:fs/promises'
import type { Clock } from './base/clock.js'
import { systemClock } from './base/clock.js'
import type { HostFileSystem } from './base/file-system.js'
import { checkInterfaceName } from './base/interface-name.js'
import type { Logger } from './base/logger.js'
import { silentLogger } from './base/logger.js'
import type { ApplicationInput, ApplicationOptions } from './config/application-options.js'
import { applicationSchema, ifnameSchema, internetHostSchema } from './config/application-options.js'
import { parseAddress } from './config/ip.js'
import { suggestion } from './config/nearest.js'
import { isPlainObject, toPlain } from './config/plain.js'
import { usableItems } from './config/usable-items.js'
import { invalidField, validate } from './config/validate.js'
import type { UdhcpcHandler } from './dhcp/udhcpc-handler.js'
import type { UdhcpdHandler } from './dhcp/udhcpd-handler.js'
import { messageOf, NetworkError } from './errors.js'
import type { Kernel } from './kernel/kernel.js'
import type { PersistenceSecret } from './persistence/secret.js'
import { OBFUSCATION_KEY, parseSecret } from './persistence/secret.js'
import type { Persistence } from './persistence/store.js'
import type { PowerManager, WatchedPowerManager } from './power/power-manager.js'
import { type ManagedPower, readPowerManagers } from './power/read-power-managers.js'
import type { RouteMetric } from './routing/metric.js'
import { defaultRouteMetric } from './routing/metric.js'
import type { SerialPorts } from './serial/serial-ports.js'
import { systemSerialPorts } from './serial/system-serial-ports.js'
import type { Spawn } from './supervision/spawn.js'
import { spawnProcess } from './supervision/spawn.js'
import { isModem } from './technology/mobile/check-modem.js'
import type { Modem } from './technology/mobile/modem.js'
import type { InterfaceConfig } from './technology/schemas.js'
import type { Technology } from './technology/technology.js'

/** What `VintageNet.start` takes; docs/configuration.md explains each option. */
export interface VintageNetOptions extends ApplicationInput {
  /** Configurations by interface name, used where nothing is saved. A wrong entry is dropped with a warning. Default `{}`. */
  readonly config?: Readonly<Record<string, InterfaceConfig>> | undefined
  /** Whether configurations are saved in files, or an object that saves them, each of whose calls has 30 s. Default `'file'`. */
  readonly persistence?: 'file' | 'none' | Persistence | undefined
  /**
   * What saved configurations are encrypted with: 16 bytes, 32 hex digits, or a function that returns one or a list of them, newest
   * first, within 30 s. The built-in key is known to everybody: it obfuscates and protects nothing.
   */
  readonly persistenceSecret?: PersistenceSecret | undefined
  /** Computes the metric of an interface's default route, lower is preferred. Default: by connection and kind of interface. */
  readonly routeMetric?: RouteMetric | undefined
  /** Technologies besides the built-in ones, whose types they cannot take. */
  readonly technologies?: readonly Technology[] | undefined
  /** Modems of the technology `mobile`, besides the built-in ones or in their place. */
  readonly modems?: readonly Modem[] | undefined
  /** Hears what udhcpc reports, in the place of the built-in handler, method by method. */
  readonly udhcpcHandler?: Partial<UdhcpcHandler> | undefined
  /** Hears what udhcpd reports, in the place of the built-in handler. */
  readonly udhcpdHandler?: Partial<UdhcpdHandler> | undefined
  /** Power managers by interface name, alone or with `watchdogTimeoutMs` (1 to 86400000, default 60000). A wrong entry is dropped with a warning. */
  readonly powerManagers?: Readonly<Record<string, PowerManager | WatchedPowerManager>> | undefined
  /** Where log lines go. The built-in one is silent. */
  readonly logger?: Logger | undefined
  /** The kernel, which stays its giver's to close. The built-in one is that of the machine, or of `netns`. */
  readonly kernel?: Kernel | undefined
  /** Time and timers. The built-in one is the system's. */
  readonly clock?: Clock | undefined
  /** How programs are started. The built-in one starts processes. */
  readonly spawn?: Spawn | undefined
  /** Serial ports of modems. The built-in ones are those of the machine; they need `@serialport/bindings-cpp`. */
  readonly serialPorts?: SerialPorts | undefined
  /** The disk. The built-in one is node:fs/promises. */
  readonly fileSystem?: HostFileSystem | undefined
}

/** The options with every default filled in. Holds the secret: never to be logged whole. */
export interface ResolvedOptions extends ApplicationOptions {
  /** Entries with a possible name and a type; the technology has not seen them yet. */
  readonly config: Readonly<Record<string, unknown>>
  readonly persistence: 'file' | 'none' | Persistence
  readonly persistenceSecret: PersistenceSecret
  readonly routeMetric: RouteMetric
  readonly technologies: readonly Technology[]
  readonly modems: readonly Modem[]
  readonly udhcpcHandler: Partial<UdhcpcHandler>
  readonly udhcpdHandler: Partial<UdhcpdHandler>
  readonly powerManagers: ReadonlyMap<string, ManagedPower>
  readonly logger: Logger
  /** Undefined: the kernel of this machine is to be opened. */
  readonly kernel: Kernel | undefined
  readonly clock: Clock
  readonly spawn: Spawn
  readonly serialPorts: SerialPorts
  readonly fileSystem: HostFileSystem
}

type PartKey = Exclude<keyof VintageNetOptions, keyof ApplicationInput>

interface PartCheck {
  readonly expected: string
  accepts(value: unknown): boolean
}

const UDHCPC_METHODS = ['deconfig', 'leasefail', 'nak', 'bound', 'renew']
const UDHCPD_METHODS = ['leaseUpdate']

/** Options that are no plain data, and what they must look like. */
const PART_CHECKS: Readonly<Record<PartKey, PartCheck>> = {
  // Its entries are looked at one by one.
  config: { expected: 'an object of configurations by interface name', accepts: () => true },
  persistence: {
    expected: "'file', 'none' or an object with list, load, save and clear",
    accepts: (value) => value === 'file' || value === 'none' || hasMethods(value, ['list', 'load', 'save', 'clear']),
  },
  // parseSecret says what is wrong with it, without showing it.
  persistenceSecret: { expected: '16 bytes', accepts: () => true },
  routeMetric: { expected: 'a function', accepts: (value) => typeof value === 'function' },
  // The registry looks at each of them.
  technologies: { expected: 'a list of technologies', accepts: Array.isArray },
  modems: {
    expected: 'a list of modems: objects with name, speed and monitors',
    accepts: (value) => Array.isArray(value) && value.every(isModem),
  },
  udhcpcHandler: handlerCheck(UDHCPC_METHODS),
  udhcpdHandler: handlerCheck(UDHCPD_METHODS),
  powerManagers: {
    // Its entries are looked at one by one.
    expected: 'an object of power managers by interface name',
    accepts: (value) => isObject(value) && !Array.isArray(value),
  },
  logger: {
    expected: 'an object with debug, info, warn and error',
    accepts: (value) => hasMethods(value, ['debug', 'info', 'warn', 'error']),
  },
  kernel: { expected: 'a kernel', accepts: (value) => hasMethods(value, ['subscribe', 'send', 'close']) },
  clock: { expected: 'a clock', accepts: (value) => hasMethods(value, ['nowMs', 'wallMs', 'setTimer']) },
  spawn: { expected: 'a function', accepts: (value) => typeof value === 'function' },
  serialPorts: {
    expected: 'an object with open, exists and list',
    accepts: (value) => hasMethods(value, ['open', 'exists', 'list']),
  },
  fileSystem: {
    expected: 'an object with the functions of node:fs/promises that the library uses',
    accepts: (value) => hasMethods(value, ['open', 'readFile', 'writeFile', 'rename']),
  },
}

/** Lists whose entries are looked at one by one, each for itself. */
const LISTS = { internetHostList: internetHostSchema, ifnames: ifnameSchema } as const

/**
 * Checks the options and fills in their defaults. Entries of `config`, `powerManagers`, `additionalNameServers`,
 * `internetHostList` and `ifnames` that cannot be used cost a warning each, everything else that is wrong an error.
 * @throws NetworkError ERR_INVALID_CONFIG with `field`; the text never holds the persistence secret
 */
export function resolveOptions(options: VintageNetOptions = {}): ResolvedOptions {
  const { plain, parts } = splitOptions(options)
  const logger = parts.logger ?? silentLogger
  const application = validate(applicationSchema, withUsableLists(plain, logger))
  const secret = parts.persistenceSecret ?? OBFUSCATION_KEY
  return {
    ...application,
    additionalNameServers: usableServers(application.additionalNameServers, logger),
    config: usableEntries(parts.config, logger),
    persistence: parts.persistence ?? 'file',
    persistenceSecret: typeof secret === 'function' ? secret : parseSecret(secret),
    routeMetric: parts.routeMetric ?? defaultRouteMetric,
    technologies: parts.technologies ?? [],
    modems: parts.modems ?? [],
    udhcpcHandler: parts.udhcpcHandler ?? {},
    udhcpdHandler: parts.udhcpdHandler ?? {},
    powerManagers: readPowerManagers(parts.powerManagers ?? {}, logger),
    logger,
    kernel: parts.kernel,
    clock: parts.clock ?? systemClock,
    spawn: parts.spawn ?? spawnProcess,
    serialPorts: parts.serialPorts ?? systemSerialPorts,
    fileSystem: parts.fileSystem ?? nodeFileSystem,
  }
}

type Parts = Pick<VintageNetOptions, PartKey>

/** The plain options and the others, whose shape has been checked. */
function splitOptions(options: unknown): { plain: Record<string, unknown>; parts: Parts } {
  if (!isObject(options) || Array.isArray(options)) throw invalidField([], 'an object of options', options)
  const plain: Record<string, unknown> = {}
  const parts: Record<string, unknown> = {}
  for (const key of Object.keys(options)) {
    const value: unknown = options[key]
    if (value === undefined) continue
    const check = Object.hasOwn(PART_CHECKS, key) ? PART_CHECKS[key as PartKey] : undefined
    if (check !== undefined) parts[key] = value
    else plain[key] = value
    if (check !== undefined && !check.accepts(value)) throw invalidField([key], check.expected, value)
    if (check === undefined && !Object.hasOwn(applicationSchema.entries, key)) throw unknownOption(key)
  }
  return { plain, parts: parts as Parts }
}

function unknownOption(key: string): NetworkError {
  const known = [...Object.keys(applicationSchema.entries), ...Object.keys(PART_CHECKS)].sort()
  return new NetworkError('ERR_INVALID_CONFIG', `${key}: unknown option; ${suggestion(key, known)}`, { field: key })
}

/** The same with what can be used of its lists. */
function withUsableLists(plain: Readonly<Record<string, unknown>>, logger: Logger): Record<string, unknown> {
  const lists = Object.entries(LISTS).flatMap(([field, schema]) => {
    const value = plain[field]
    if (!Array.isArray(value)) return []
    const { items, complaints } = usableItems(schema, value)
    for (const complaint of complaints) logger.warn({ field }, `${field}: ${complaint}`)
    return [[field, items] as const]
  })
  return { ...plain, ...Object.fromEntries(lists) }
}

/** The entries of `config` that can be used at all, as copies; each other one costs one warning. */
function usableEntries(config: unknown, logger: Logger): Record<string, unknown> {
  if (config === undefined || config === null) return {}
  if (!isObject(config) || Array.isArray(config)) {
    logger.warn({ field: 'config' }, 'the option config is not an object of configurations by interface name: ignored')
    return {}
  }
  const usable: [ifname: string, entry: unknown][] = []
  for (const ifname of Object.keys(config)) {
    try {
      usable.push([ifname, usableEntry(ifname, config[ifname])])
    } catch (thrown) {
      logger.warn({ field: 'config', ifname }, `a default configuration is dropped: ${messageOf(thrown)}`)
    }
  }
  return Object.fromEntries(usable)
}

function usableEntry(ifname: string, entry: unknown): unknown {
  const wrongName = checkInterfaceName(ifname)
  if (wrongName !== undefined) throw new NetworkError('ERR_INVALID_INTERFACE_NAME', wrongName)
  const plain = toPlain(entry)
  if (!isPlainObject(plain)) throw invalidField([], 'an object with a type', plain)
  if (typeof plain['type'] !== 'string') throw invalidField(['type'], 'the name of a technology', plain['type'])
  return plain
}

/** The servers in canonical form; what is no address costs one warning. */
function usableServers(servers: readonly string[], logger: Logger): string[] {
  return servers.flatMap((server) => {
    const parsed = parseAddress(server)
    if (parsed !== undefined) return [parsed.address]
    const field = 'additionalNameServers'
    logger.warn({ field, server }, 'an additional name server is not an IP address: ignored')
    return []
  })
}

/** A handler may have any of the methods, and what it has must be callable. */
function handlerCheck(methods: readonly string[]): PartCheck {
  return {
    expected: `an object with any of the methods ${methods.join(', ')}`,
    accepts: (value) =>
      isObject(value) &&
      hasMethods(
        value,
        methods.filter((name) => value[name] !== undefined),
      ),
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'function')
}
