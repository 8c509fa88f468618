/** Opens the real kernel: the addon's engine in a network namespace. */

import type { Logger } from '../base/logger.js'
import { NetworkError } from '../errors.js'
import type { EngineBinding, EngineOptions } from './engine-binding.js'
import { EngineKernel } from './engine-kernel.js'
import { followedSubjects } from './follow.js'
import type { Kernel } from './kernel.js'
import { refusal } from './kernel-error.js'
import { loadAddon } from './load-addon.js'
import type { EngineError, FollowSubject } from './messages.js'
import { isOwnNamespace } from './own-namespace.js'

export interface OpenKernelOptions {
  /** Path of a network namespace, or the pid of a process in it. Default: the caller's. */
  readonly netns?: string | number | undefined
  /** Buffer of the socket that brings notifications; the engine has its own default. */
  readonly receiveBufferBytes?: number | undefined
  /**
   * What the mirror holds and changes are told of. Links always; routes imply addresses and nexthops, with which they go.
   * Default: links, addresses, routes, rules, nexthops. Neighbours and ndOptions (name servers that router
   * advertisements tell of; they are changes only) come when asked for.
   */
  readonly follow?: readonly FollowSubject[] | undefined
  /** Silent by default. */
  readonly logger?: Logger | undefined
  /** The engine; default: the addon. */
  readonly binding?: EngineBinding | undefined
}

/** Most that the kernel takes for a socket buffer, an int. */
const MAX_RECEIVE_BUFFER_BYTES = 2_147_483_647

/**
 * Opens a kernel; resolves when its mirror holds everything.
 * @throws ERR_ABI without a fitting addon, ERR_NOT_PERMITTED or ERR_KERNEL_REFUSED when the namespace cannot be entered,
 * ERR_INVALID_CONFIG for an impossible option.
 */
export async function openKernel(options: OpenKernelOptions = {}): Promise<Kernel> {
  const engine = engineOptions(options)
  const binding = options.binding ?? loadAddon()
  const sysfsFits = engine.netns === undefined || isOwnNamespace(engine.netns)
  let kernel: EngineKernel
  try {
    kernel = new EngineKernel({ binding, engine, logger: options.logger, sysfsFits })
  } catch (thrown) {
    throw openError(thrown)
  }
  try {
    await kernel.settled()
  } catch (thrown) {
    await kernel.close()
    throw thrown
  }
  return kernel
}

function engineOptions({ netns, receiveBufferBytes, follow }: OpenKernelOptions): EngineOptions {
  if (typeof netns === 'number' && !(Number.isInteger(netns) && netns > 0)) {
    throw invalidOption('netns', netns, 'a path or the pid of a process')
  }
  if (netns === '') throw invalidOption('netns', netns, 'a path or the pid of a process')
  const fits =
    receiveBufferBytes === undefined ||
    (Number.isInteger(receiveBufferBytes) && receiveBufferBytes > 0 && receiveBufferBytes <= MAX_RECEIVE_BUFFER_BYTES)
  if (!fits) throw invalidOption('receiveBufferBytes', receiveBufferBytes, 'a positive whole number')
  const followed = follow === undefined ? {} : { follow: followedSubjects(follow) }
  return {
    ...followed,
    ...(netns === undefined ? {} : { netns: typeof netns === 'number' ? `/proc/${netns}/ns/net` : netns }),
    ...(receiveBufferBytes === undefined ? {} : { receiveBufferBytes }),
  }
}

function invalidOption(field: string, value: unknown, expected: string): NetworkError {
  const message = `openKernel: ${field} is ${JSON.stringify(value)}, expected ${expected}`
  return new NetworkError('ERR_INVALID_CONFIG', message, { field, operation: 'openKernel' })
}

/** What the addon throws has the fields of an EngineError; anything else is passed on as it is. */
function openError(thrown: unknown): unknown {
  if (!isEngineError(thrown)) return thrown
  return refusal(thrown, { operation: 'openKernel', description: `openKernel: ${thrown.operation}` })
}

function isEngineError(thrown: unknown): thrown is EngineError {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'errno' in thrown &&
    typeof thrown.errno === 'number' &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    'operation' in thrown &&
    'message' in thrown
  )
}
