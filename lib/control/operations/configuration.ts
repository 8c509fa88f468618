/** Operations that change configurations, and those that say what a change would do. */

import { checkInterfaceName } from '../../base/interface-name.js'
import { isNetworkError, NetworkError, type VintageNet } from '../../index.js'
import { type Operation, param } from '../operation.js'
import { invalid } from '../problem.js'
import { checkConfiguration } from '../raw-text.js'
import { anything, configuration, list, object, record, ref, text, whole } from '../schemas.js'

const PERSIST = "'false': the configuration holds until the daemon ends, and is not saved"
const optionalId = { ...object({ id: text }, ['id']) }

export const CONFIGURATION_OPERATIONS: readonly Operation[] = [
  {
    id: 'getConfiguration',
    method: 'get',
    path: '/v1/interfaces/{ifname}/configuration',
    summary: 'the normalized configuration of an interface, secrets masked',
    answer: ref('Configuration'),
    handle: async (request, { net }) => wanted(net, param(request, 'ifname')),
  },
  {
    id: 'configure',
    method: 'put',
    path: '/v1/interfaces/{ifname}/configuration',
    summary: 'configures an interface; answers when that is accepted, and durable or known not to be',
    query: { persist: PERSIST },
    body: configuration,
    anyMembers: true,
    answer: ref('Configuration'),
    async handle(request, { net, allowRaw }) {
      const ifname = param(request, 'ifname')
      checkConfiguration(request.body, { allowRaw })
      await net.configure(ifname, request.body, { persist: readPersist(request.query['persist']) })
      return wanted(net, ifname)
    },
  },
  {
    id: 'deconfigure',
    method: 'delete',
    path: '/v1/interfaces/{ifname}/configuration',
    summary: 'undoes an interface, which stays off',
    query: { persist: PERSIST },
    answer: ref('Configuration'),
    async handle(request, { net }) {
      const ifname = param(request, 'ifname')
      const persist = readPersist(request.query['persist'])
      checkKnown(net, ifname)
      await net.deconfigure(ifname, { persist })
      return wanted(net, ifname)
    },
  },
  {
    id: 'resetToDefaults',
    method: 'post',
    path: '/v1/interfaces/{ifname}/reset',
    summary: "takes the interface's default and forgets what was saved",
    answer: ref('Configuration'),
    async handle(request, { net }) {
      const ifname = param(request, 'ifname')
      checkKnown(net, ifname)
      await net.resetToDefaults(ifname)
      return wanted(net, ifname)
    },
  },
  {
    id: 'plan',
    method: 'post',
    path: '/v1/interfaces/{ifname}/plan',
    summary: 'what a configuration would do, and what is done now; touches nothing',
    body: configuration,
    anyMembers: true,
    answer: object({ plan: ref('Plan'), current: ref('Plan') }, ['current']),
    async handle(request, { net, allowRaw }) {
      const ifname = param(request, 'ifname')
      checkConfiguration(request.body, { allowRaw })
      const plan = net.plan(ifname, request.body)
      const current = currentPlan(net, ifname)
      return { plan, ...(current === undefined ? {} : { current }) }
    },
  },
  {
    id: 'apply',
    method: 'post',
    path: '/v1/apply',
    summary: 'applies configurations of several interfaces, all or none; rolled back unless confirmed in time',
    body: object({ configs: record(configuration), confirmWithinMs: whole }),
    answer: ref('Checkpoint'),
    async handle({ body }, { checkpoints, allowRaw }) {
      const { configs, confirmWithinMs } = body
      checkConfiguration({ configs }, { allowRaw })
      if (isEmpty(configs)) throw invalid('configs', 'expected at least one interface, got none')
      return checkpoints.apply(configs as Record<string, unknown>, confirmWithinMs as number)
    },
  },
  {
    id: 'checkpoint',
    method: 'get',
    path: '/v1/checkpoint',
    summary: 'the change that waits for its confirmation',
    answer: object({ checkpoint: { anyOf: [ref('Checkpoint'), { type: 'null' }] } }),
    handle: async (_request, { checkpoints }) => ({ checkpoint: checkpoints.open ?? null }),
  },
  {
    id: 'confirm',
    method: 'post',
    path: '/v1/checkpoint/confirm',
    summary: 'saves the open change, or the one that `id` names',
    body: optionalId,
    answer: object({ id: text }),
    handle: async ({ body }, { checkpoints }) => ({ id: await checkpoints.end(readId(body), 'confirm') }),
  },
  {
    id: 'rollback',
    method: 'post',
    path: '/v1/checkpoint/rollback',
    summary: 'takes back the open change, or the one that `id` names',
    body: optionalId,
    answer: object({ id: text }),
    handle: async ({ body }, { checkpoints }) => ({ id: await checkpoints.end(readId(body), 'rollback') }),
  },
]

export const IOCTL_BODY = object({ command: text, args: list(anything) }, ['args'])

/**
 * The library undoes any name; here a name with nothing behind it is a slip. What is absent and configured, or was saved, is in
 * memory since the start. @throws NetworkError ERR_NO_CONFIGURATION
 */
function checkKnown(net: VintageNet, ifname: string): void {
  // The library says what is wrong with such a name.
  if (checkInterfaceName(ifname) !== undefined) return
  const of = (key: string): unknown => net.get(['interface', ifname, key])
  if (of('config') !== undefined || of('present') === true) return
  throw new NetworkError('ERR_NO_CONFIGURATION', `no configuration for ${ifname}, and no link of that name`, { ifname })
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}

/** @throws NetworkError ERR_NO_CONFIGURATION, ERR_INVALID_INTERFACE_NAME */
function wanted(net: VintageNet, ifname: string): unknown {
  // Masked, unlike what getConfiguration() returns.
  const shown = net.get(['interface', ifname, 'config'])
  if (shown === undefined) throw new NetworkError('ERR_NO_CONFIGURATION', `no configuration for ${ifname}`, { ifname })
  const persistence = net.get(['interface', ifname, 'persistence'])
  return { configuration: shown, ...(persistence === undefined ? {} : { persistence }) }
}

function currentPlan(net: VintageNet, ifname: string): unknown {
  try {
    return net.plan(ifname, net.getConfiguration(ifname))
  } catch (thrown) {
    if (isNetworkError(thrown)) return undefined
    throw thrown
  }
}

function readPersist(given: string | undefined): boolean {
  if (given === undefined || given === 'true') return true
  if (given === 'false') return false
  throw invalid('persist', "'true' or 'false'")
}

function readId({ id }: Readonly<Record<string, unknown>>): string | undefined {
  if (id === undefined || typeof id === 'string') return id
  throw invalid('id', 'the id of a change, a text')
}
