/** The kernel's refusals as NetworkErrors: what was asked, on which link, the kernel's text, the name of the errno. */

import { getSystemErrorMap } from 'node:util'
import { type ErrorCode, messageOf, NetworkError } from '../errors.js'
import type { EngineCommand, EngineError } from './messages.js'

/** What was asked, and of which link, for the text of an error. */
export interface Asked {
  readonly operation: string
  /** `addRoute 198.51.100.0/24 on eth0`. */
  readonly description: string
  readonly ifname?: string | undefined
}

const PERMISSION_ERRNOS = new Set(['EPERM', 'EACCES'])

/** The kernel's refusal of what was asked. */
export function refusal(error: EngineError, asked: Asked): NetworkError {
  const text = error.message === '' ? systemText(error.errno) : error.message
  return new NetworkError(codeOf(error), `${asked.description}: ${text} (${error.code})`, {
    errno: error.errno,
    operation: asked.operation,
    ifname: asked.ifname,
  })
}

/** The engine did not take a command: too many wait, or its shape is none that crosses. */
export function notTaken(operation: string, thrown: unknown): NetworkError {
  const full = typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'ENOBUFS'
  const code = full ? 'ERR_OVERFLOW' : 'ERR_INVALID_CONFIG'
  return new NetworkError(code, `${operation}: ${messageOf(thrown)}`, { operation, cause: thrown })
}

/** No link has this name or index; found before anything was sent. */
export function noSuchLink(name: string | number, asked: Asked): NetworkError {
  const link = typeof name === 'number' ? `with index ${name}` : `named ${JSON.stringify(name)}`
  return new NetworkError('ERR_NO_SUCH_INTERFACE', `${asked.description}: there is no link ${link}`, {
    operation: asked.operation,
    ifname: typeof name === 'string' ? name : asked.ifname,
  })
}

/** Says in a few words what a command is about; `nameOf` gives the present name of a link. */
export function describe(command: EngineCommand, nameOf: (ifindex: number) => string | undefined): Asked {
  const ifname = linkName(command, nameOf)
  const object = objectOf(command)
  const link = ifname === undefined || object === ifname ? '' : ` on ${ifname}`
  return {
    operation: command.type,
    description: `${command.type}${object === undefined ? '' : ` ${object}`}${link}`,
    ifname,
  }
}

function codeOf(error: EngineError): ErrorCode {
  if (PERMISSION_ERRNOS.has(error.code)) return 'ERR_NOT_PERMITTED'
  // The engine's word for a family of generic netlink that the kernel does not have.
  if (error.code === 'EPROTONOSUPPORT') return 'ERR_UNSUPPORTED'
  return error.code === 'ENODEV' ? 'ERR_NO_SUCH_INTERFACE' : 'ERR_KERNEL_REFUSED'
}

function systemText(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[1] ?? 'refused'
}

function linkName(command: EngineCommand, nameOf: (ifindex: number) => string | undefined): string | undefined {
  if ('ifname' in command && typeof command.ifname === 'string') return command.ifname
  if (!('ifindex' in command) || typeof command.ifindex !== 'number') return undefined
  return nameOf(command.ifindex) ?? `link ${command.ifindex}`
}

function objectOf(command: EngineCommand): string | undefined {
  switch (command.type) {
    case 'addLink':
    case 'addWirelessInterface':
      return command.ifname
    case 'requestRegulatory':
      return command.alpha2
    case 'addAddress':
    case 'replaceAddress':
    case 'deleteAddress':
      return `${command.address}/${command.prefixLength}`
    case 'addRoute':
    case 'replaceRoute':
    case 'deleteRoute': {
      const hop = command.gateway ?? (command.nexthopId === undefined ? undefined : `nexthop ${command.nexthopId}`)
      const via = hop === undefined ? '' : ` via ${hop}`
      const table = command.table === undefined || command.table === 254 ? '' : ` in table ${command.table}`
      return `${command.destination}${via}${table}`
    }
    case 'addRule':
    case 'deleteRule':
      return [
        command.priority === undefined ? undefined : `priority ${command.priority}`,
        command.from === undefined ? undefined : `from ${command.from}`,
        command.to === undefined ? undefined : `to ${command.to}`,
      ]
        .filter((part) => part !== undefined)
        .join(' ')
    case 'addNeighbour':
    case 'replaceNeighbour':
    case 'deleteNeighbour':
      return command.address
    case 'addNexthop':
    case 'replaceNexthop':
    case 'deleteNexthop':
      return `id ${command.id}`
    case 'setSysctl':
    case 'getSysctl':
      return command.path.join('/')
    case 'dump':
    case 'resync':
    case 'listGeneric':
      return command.what
    case 'probe':
      return `${command.address} port ${command.port}`
    case 'lockInstance':
    case 'unlockInstance':
      return command.name
    case 'setLink':
    case 'deleteLink':
    case 'deleteWirelessInterface':
    case 'setMeshParameters':
    case 'setPowerSave':
    case 'setWireguardDevice':
    case 'triggerScan':
    case 'abortScan':
    case 'followWireless':
    case 'setOrders':
    case 'openDatagram':
    case 'openDevice':
    case 'sendDatagram':
    case 'closeDatagram':
    case 'listSockets':
    case 'linkPath':
    case 'cancel':
      return undefined
  }
}
