/**
 * replace links|all TABLE COUNT IFNAME: for each line on standard input, a gateway, replaces COUNT host routes of
 * 198.18.0.0/15 by one call; `links` follows nothing but links, `all` mirrors the routes too.
 */

import { NetworkError, open } from './library.js'
import { answer, say } from './lines.js'

const [follow, table, count, ifname = ''] = process.argv.slice(2)
const kernel = await open(follow === 'all' ? 'all' : ['links'])
const ifindex = kernel.mirror.linkByName(ifname)?.ifindex

const held = new Map<string, ReturnType<typeof routesTo>>()

/** A program that keeps a table has its routes before it sends them: they are made once for each gateway. */
function heldRoutesTo(gateway: string) {
  const routes = held.get(gateway) ?? routesTo(gateway)
  held.set(gateway, routes)
  return routes
}

function routesTo(gateway: string) {
  return Array.from({ length: Number(count) }, (_, i) => ({
    type: 'replaceRoute' as const,
    family: 4 as const,
    destination: `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}/32`,
    gateway,
    ifindex,
    table: Number(table),
    metric: 100,
    protocol: 183,
  }))
}

say('ready')
await answer(async (gateway) => {
  const commands = heldRoutesTo(gateway)
  const startedMs = performance.now()
  const results = await kernel.send(commands)
  const ms = performance.now() - startedMs
  const refused = results.find((result) => result instanceof NetworkError)
  if (refused !== undefined) throw refused
  return JSON.stringify({ ms })
})
await kernel.close()
