// An engine in a worker thread under load: it adds and deletes a route without end, and posts how many of its own
// replies and events it has seen, every so often.

import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const { addon, netns, table } = workerData
const { open } = createRequire(import.meta.url)(addon)
const BATCH_COMMANDS = 50
const REPORT_EVENTS = 1000

let lastId = 0
let seen = 0
let closing = false

function batch() {
  const route = { family: 4, destination: '203.0.113.0/24', routeType: 'blackhole', table }
  return Array.from({ length: BATCH_COMMANDS }, (_, n) => {
    lastId += 1
    return { id: lastId, type: n % 2 === 0 ? 'addRoute' : 'deleteRoute', ...route }
  })
}

const handle = open({ netns }, (events) => {
  const before = seen
  seen += events.length
  if (Math.floor(before / REPORT_EVENTS) !== Math.floor(seen / REPORT_EVENTS)) parentPort.postMessage({ seen })
  if (!closing && events.some((event) => event.type === 'reply' && event.id === lastId)) handle.send(batch())
})
handle.send(batch())

parentPort.on('message', () => {
  closing = true
  handle.close()
  parentPort.close()
})
