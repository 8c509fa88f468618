/** The options of an instance that are plain data: what a configuration file may hold besides interfaces. */

import * as v from 'valibot'
import { checkInterfaceName } from '../base/interface-name.js'
import { parseAddress } from './ip.js'
import { described, integer, list, section, text } from './section.js'

/** A list of hosts is walked and shuffled at every check. */
const MAX_HOST_COUNT = 64
/** Tables 100 to 252, then from 1000: 4,096 is far beyond what one machine has interfaces. */
const MAX_INTERFACE_COUNT = 4096
/** One day: longer waits are meant as "never". */
const MAX_WAIT_MS = 86_400_000
/** A list of names is compared with every new link. */
const MAX_NAME_COUNT = 256

const absolutePath = (what: string) => text(/^\/[^\0\n]{0,4094}$/, `${what}: an absolute path`)

const RESOLV_CONF_EXPECTED = 'the path of resolv.conf, or null to leave name resolution alone'
const NETNS_EXPECTED = 'the path or the pid of a network namespace'
const HOST_EXPECTED = 'an IP address or a host name'
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i
/** A host name whose last label is a number would be read as an IPv4 address by some programs. */
const NUMERIC_END = /(?:^|\.)\d+$/

const NAME_EXPECTED = 'a name that Linux accepts for an interface'
const isInterfaceName = (name: string): boolean => checkInterfaceName(name) === undefined

const host = v.pipe(
  v.string(HOST_EXPECTED),
  v.check(
    (name) => parseAddress(name) !== undefined || (HOST_NAME.test(name) && !NUMERIC_END.test(name)),
    HOST_EXPECTED,
  ),
  v.description(HOST_EXPECTED),
)

/** One entry of `internetHostList`. */
export const internetHostSchema = section(
  described({ host, port: integer(1, 65_535) }, { host: 'who is asked', port: 'TCP port that is tried' }),
  'an object with host and port',
)

/** One entry of `ifnames`. */
export const ifnameSchema = section(
  described(
    {
      hwPath: absolutePath('a device path below /sys'),
      ifname: v.pipe(text(/^[^\s/:%]{1,15}$/, NAME_EXPECTED), v.check(isInterfaceName, NAME_EXPECTED)),
    },
    { hwPath: "where the link's hardware sits: what the property hw_path says", ifname: 'the name that the link gets' },
  ),
  'an object with hwPath and ifname',
)

const COUNTRY_EXPECTED = "a country of ISO 3166-1 alpha-2 in capitals, or '00'"

export const applicationSchema = section(
  described(
    {
      tmpDir: v.optional(absolutePath('a directory for generated files'), '/run/vintage-net'),
      resolvConf: v.optional(
        v.pipe(
          v.union([absolutePath('resolv.conf'), v.null(RESOLV_CONF_EXPECTED)], RESOLV_CONF_EXPECTED),
          v.description(RESOLV_CONF_EXPECTED),
        ),
        '/etc/resolv.conf',
      ),
      persistenceDir: v.optional(absolutePath('a directory for saved configurations'), '/var/lib/vintage-net'),
      internetHostList: v.optional(list(internetHostSchema, MAX_HOST_COUNT, 'a list of { host, port }'), [
        { host: '1.1.1.1', port: 53 },
        { host: '8.8.8.8', port: 53 },
        { host: '208.67.222.222', port: 53 },
        { host: '9.9.9.9', port: 53 },
        { host: '156.154.70.5', port: 53 },
      ]),
      additionalNameServers: v.optional(list(v.string('a text'), MAX_HOST_COUNT, 'a list of IP addresses'), []),
      regulatoryDomain: v.optional(text(/^(?:[A-Z]{2}|00)$/, COUNTRY_EXPECTED), '00'),
      ifnames: v.optional(list(ifnameSchema, MAX_NAME_COUNT, 'a list of { hwPath, ifname }'), []),
      maxInterfaceCount: v.optional(integer(1, MAX_INTERFACE_COUNT), 8),
      path: v.optional(
        text(/^\/[^:\0\n]*(?::\/[^:\0\n]*)*$/, 'absolute paths of directories, separated by colons'),
        '/usr/sbin:/usr/bin:/sbin:/bin',
      ),
      programs: v.optional(
        v.record(v.string(), absolutePath('a program'), 'an object of absolute paths by program name'),
        {},
      ),
      netns: v.optional(
        v.pipe(
          v.union([absolutePath('a network namespace'), integer(1, 4_194_304)], NETNS_EXPECTED),
          v.description(NETNS_EXPECTED),
        ),
      ),
      carrierGraceMs: v.optional(integer(0, MAX_WAIT_MS), 5000),
      recoverAfterMs: v.optional(integer(0, MAX_WAIT_MS), 600_000),
    },
    {
      tmpDir: 'generated files, sockets and the ledger of daemons; nothing in it is executed',
      resolvConf: 'the file of name servers that is written; null: name resolution is left alone',
      persistenceDir: 'saved configurations, mode 0700',
      internetHostList:
        "hosts whose answer to a TCP connection counts as 'internet'; a wrong entry is left out with a warning",
      additionalNameServers:
        'IP addresses of DNS servers besides those of the interfaces; what is none is left out with a warning',
      regulatoryDomain: "country whose rules radios obey; '00': what is allowed everywhere",
      ifnames: 'names of links by the place of their hardware; a wrong entry is left out with a warning',
      maxInterfaceCount: 'interfaces that get a routing table of their own',
      path: 'where programs are looked for; also the PATH of what is started',
      programs: 'paths of programs by name in camelCase, instead of looking for them',
      netns: "network namespace of the instance; absent: the caller's",
      carrierGraceMs: 'milliseconds for which address and lease outlive the carrier',
      recoverAfterMs: 'milliseconds without the internet after which recovery begins; 0: never',
    },
  ),
  'an object of options',
)

/** The plain options as a user writes them. */
export type ApplicationInput = v.InferInput<typeof applicationSchema>
/** The plain options with their defaults. */
export type ApplicationOptions = v.InferOutput<typeof applicationSchema>
