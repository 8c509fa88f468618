/** Every property equals what the kernel and the actors hold. */

import { isDeepStrictEqual } from 'node:util'
import { type Address, OUR_PROTOCOL } from '../../../lib/kernel/messages.js'
import { sameRecord } from '../../../lib/kernel/same-record.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { RESOLV_CONF } from '../device.js'
import type { World } from '../world.js'
import type { Invariant } from './invariant.js'
import { bestPrefixMetrics, withDefaultRoute } from './routing.js'

const CONNECTIONS = ['disconnected', 'lan', 'internet']

export const mirrorIsTrue: Invariant = {
  name: 'the mirror holds what the kernel holds',
  check({ device, process }) {
    const { state } = device.network
    const { mirror } = process.kernel
    const pairs: [what: string, mirrored: readonly object[], held: readonly object[]][] = [
      ['links', mirror.links(), [...state.links.values()].map(({ link }) => link)],
      ['addresses', mirror.addresses(), state.addresses],
      ['routes', mirror.routes(), [...state.routes.all()]],
      ['rules', mirror.rules(), state.rules],
    ]
    return pairs.flatMap(([what, mirrored, held]) => {
      const known = new Map(mirrored.map((record) => [roughKey(record), record]))
      if (mirrored.length === held.length && held.every((record) => sameRecord(known.get(roughKey(record)), record))) {
        return []
      }
      const [ours, theirs] = [texts(mirrored), texts(held)]
      const wrong = [...ours.filter((one) => !theirs.includes(one)), ...theirs.filter((one) => !ours.includes(one))]
      return wrong.map((one) => `${what}: ${one}`)
    })
  },
}

export const linkPropertiesAreTrue: Invariant = {
  name: 'present, lower_up, mac_address and addresses are those of the links',
  check({ device, net }) {
    if (net === undefined) return []
    const { links, addresses } = device.network.state
    const complaints: string[] = []
    for (const { link } of links.values()) {
      const held = addresses.filter(({ ifindex }) => ifindex === link.ifindex)
      complaints.push(
        ...differences(net, link.ifname, {
          present: true,
          lower_up: link.lowerUp,
          mac_address: link.macAddress,
        }),
      )
      const shown = net.get(['interface', link.ifname, 'addresses'], []) as readonly Pick<
        Address,
        'address' | 'prefixLength'
      >[]
      const [told, real] = [shown.map(keyOf).sort(), held.map(keyOf).sort()]
      if (!isDeepStrictEqual(told, real)) complaints.push(`${link.ifname} addresses: ${told} instead of ${real}`)
    }
    const names = new Set([...links.values()].map(({ link }) => link.ifname))
    for (const ifname of net.allInterfaces()) if (!names.has(ifname)) complaints.push(`${ifname} is not present`)
    return complaints
  },
}

export const configurationIsWanted: Invariant = {
  name: 'type, config and getConfiguration are what was asked for last',
  check({ net, expectation }) {
    if (net === undefined) return []
    return [...expectation.wanted].flatMap(([ifname, config]) => {
      const wrong = isDeepStrictEqual(net.getConfiguration(ifname), config)
        ? []
        : [`${ifname}: ${JSON.stringify(net.getConfiguration(ifname))} instead of ${JSON.stringify(config)}`]
      return [...wrong, ...differences(net, ifname, { config })]
    })
  },
}

/** Interfaces whose link holds an address that is not of our making. */
function withForeignAddress({ device }: World): Set<string> {
  const { addresses, links } = device.network.state
  const foreign = addresses.filter(({ protocol }) => protocol !== OUR_PROTOCOL)
  return new Set(foreign.flatMap(({ ifindex }) => links.get(ifindex)?.link.ifname ?? []))
}

export const connectionIsTrue: Invariant = {
  name: 'connection claims no more than carrier and routes allow, and the best of all is the device’s',
  check(world) {
    const { device, net } = world
    if (net === undefined) return []
    const { links } = device.network.state
    const carriers = new Set([...links.values()].filter(({ link }) => link.lowerUp).map(({ link }) => link.ifname))
    const prefixes = bestPrefixMetrics(world)
    const defaults = withDefaultRoute(world)
    const borrowed = withForeignAddress(world)
    const complaints: string[] = []
    let best = 0
    for (const [[, ifname = ''], connection] of net.match(['interface', '*', 'connection'])) {
      best = Math.max(best, CONNECTIONS.indexOf(String(connection)))
      if (connection !== 'disconnected' && !carriers.has(ifname))
        complaints.push(`${ifname} is ${connection} without carrier`)
      if (connection === 'disconnected' && prefixes.has(ifname))
        complaints.push(`${ifname} is disconnected and has routes`)
      // By an address of somebody else's, and his route, the internet was reached; that it is gone the next check finds.
      const isBorrowed = !prefixes.has(ifname) && borrowed.has(ifname)
      if (connection === 'internet' && !defaults.has(ifname) && !isBorrowed)
        complaints.push(`${ifname} is internet without a default route`)
    }
    const told = net.get(['connection'])
    if (told !== CONNECTIONS[best]) complaints.push(`connection is ${told} instead of ${CONNECTIONS[best]}`)
    return complaints
  },
}

export const availableIsTrue: Invariant = {
  name: 'available_interfaces names the interfaces with a subnet route, best metric first',
  check(world) {
    if (world.net === undefined) return []
    const expected = [...bestPrefixMetrics(world)].sort(([, a], [, b]) => a - b).map(([ifname]) => ifname)
    const told = world.net.get(['available_interfaces'])
    return isDeepStrictEqual(told, expected) ? [] : [`${JSON.stringify(told)} instead of ${JSON.stringify(expected)}`]
  },
}

export const nameServersAreTrue: Invariant = {
  name: 'name_servers is what resolv.conf says, and each comes from an interface with carrier',
  check({ device, net }) {
    if (net === undefined) return []
    const { links } = device.network.state
    const carriers = new Set([...links.values()].filter(({ link }) => link.lowerUp).map(({ link }) => link.ifname))
    const servers = net.get(['name_servers'], []) as readonly { address: string; from: readonly string[] }[]
    const complaints = servers.flatMap(({ address, from }) =>
      from.every((ifname) => carriers.has(ifname)) ? [] : [`${address} from ${from}, not all of which have carrier`],
    )
    if (net.get(['resolv_conf']) !== 'written') return complaints
    const text = new TextDecoder().decode(device.disk.read(RESOLV_CONF) ?? new Uint8Array(0))
    const written = [...text.matchAll(/^nameserver (\S+)/gm)].map(([, address]) => address)
    const told = servers.slice(0, 3).map(({ address }) => address)
    return isDeepStrictEqual(written, told) ? complaints : [...complaints, `${written} in the file, ${told} told`]
  },
}

function differences(net: VintageNet, ifname: string, expected: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const told = net.get(['interface', ifname, name])
    if (isDeepStrictEqual(told, value)) return []
    return [`${ifname} ${name}: ${JSON.stringify(told)} instead of ${JSON.stringify(value)}`]
  })
}

function keyOf({ address, prefixLength }: { readonly address: string; readonly prefixLength: number }): string {
  return `${address}/${prefixLength}`
}

/** Tells most records of a kind apart, at little cost. */
function roughKey(record: object): string {
  const { ifindex, address, destination, table, metric, from, priority, source } = record as Readonly<
    Record<string, unknown>
  >
  return `${ifindex} ${address} ${destination} ${table} ${metric} ${from} ${priority} ${source}`
}

function texts(records: readonly object[]): string[] {
  return records.map((record) => JSON.stringify(record, Object.keys(record).sort()))
}

/** For the trace of a run: every property, sorted. */
export function describeProperties({ net }: World): string {
  return net === undefined ? 'stopped' : JSON.stringify(net.getByPrefix([]))
}
