/** Operations on the network as it is: scans, ioctls, pings, links and routes. */

import type { PingOptions } from '../../index.js'
import type { Address, Link } from '../../kernel/index.js'
import { explainRoutes } from '../explain-routes.js'
import { type ControlContext, type Operation, param } from '../operation.js'
import { checkIoctl } from '../raw-text.js'
import { anything, list, object, ref, text, whole } from '../schemas.js'
import { IOCTL_BODY } from './configuration.js'

export const NETWORK_OPERATIONS: readonly Operation[] = [
  {
    id: 'scan',
    method: 'post',
    path: '/v1/interfaces/{ifname}/scan',
    summary: 'scans, and answers with the access points in range when the scan has ended',
    answer: object({ accessPoints: anything }),
    handle: async (request, { net }) => ({ accessPoints: (await net.scan(param(request, 'ifname'))) ?? null }),
  },
  {
    id: 'ioctl',
    method: 'post',
    path: '/v1/interfaces/{ifname}/ioctl',
    summary: "a command of the interface's technology; raw commands of a daemon only with --allow-raw",
    body: IOCTL_BODY,
    answer: object({ result: anything }),
    async handle(request, { net, allowRaw }) {
      const { command, args = [] } = request.body
      checkIoctl(command, { allowRaw })
      const result = await net.ioctl(param(request, 'ifname'), command as string, args as unknown[])
      return { result: result ?? null }
    },
  },
  {
    id: 'ping',
    method: 'post',
    path: '/v1/ping',
    summary: 'connects to a host by TCP, through an interface if one is named, and closes again',
    body: object({ host: text, ifname: text, port: whole, deadlineMs: whole }, ['ifname', 'port', 'deadlineMs']),
    answer: ref('Ping'),
    async handle({ body }, { net }) {
      const { host, ...options } = body
      const { address, outcome, ms, errno } = await net.ping(host as string, options as PingOptions)
      return { address, outcome, ms, ...(errno === undefined ? {} : { errno }) }
    },
  },
  {
    id: 'links',
    method: 'get',
    path: '/v1/links',
    summary: 'every link of the kernel with its addresses, and what is made of it here',
    answer: object({ links: list(ref('Link')) }),
    async handle(_request, context) {
      const { kernel } = context
      const [links, addresses] = await Promise.all([kernel.links(), kernel.addresses()])
      return { links: links.map((link) => linkView(link, addresses, context)) }
    },
  },
  {
    id: 'routes',
    method: 'get',
    path: '/v1/routes',
    summary: 'every route of the kernel but those to this machine itself, and why it stands',
    answer: object({ routes: list(ref('Route')) }),
    async handle(_request, { kernel, net }) {
      const [routes, rules, links] = await Promise.all([kernel.routes(), kernel.rules(), kernel.links()])
      return { routes: explainRoutes({ routes, rules, links }, net.snapshot()) }
    },
  },
]

function linkView(link: Link, addresses: readonly Address[], { net }: ControlContext): object {
  const { ifname, ifindex, kind, macAddress, mtu, up, lowerUp, operstate } = link
  const managed = net.snapshot().interfaces[ifname]
  const view = {
    ifname,
    ifindex,
    kind,
    macAddress,
    mtu,
    up,
    lowerUp,
    operstate,
    addresses: addresses
      .filter((address) => address.ifindex === ifindex)
      .map(({ family, address, prefixLength, peer }) => ({
        family,
        address,
        prefixLength,
        ...(peer === undefined ? {} : { peer }),
      })),
    type: managed?.type,
    state: managed?.state,
    connection: managed?.connection,
  }
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined))
}
