// An engine in a worker thread under load: it adds and deletes a route without end, and posts how many of its own
// replies and events it has seen, every so often.

import { parentPort, workerData } from 'node:worker_threads'

const { netns, table } = workerData
const { loadAddon } = await import(new URL('../../dist/kernel/load-addon.js', import.meta.url).href)
const BATCH_COMMANDS = 50
const REPORT_EVENTS = 1000

let lastId = 0
let seen = 0
let closing = false

function batch() {
  const route = { family: 4, destination: '203.0.113.0/24', routeType: 'blackhole', table }
  return Array.from({ length: BATCH_COMMANDS }, (_, n) => {
    lastId += 1
    return { type: n % 2 === 0 ? 'addRoute' : 'deleteRoute', ...route }
  })
}

const isLast = (event) => event.type === 'done' && event.firstId + event.count > lastId

function send() {
  const firstId = lastId + 1
  handle.send(batch(), firstId, false)
}

const handle = loadAddon().open({ netns }, (events) => {
  const before = seen
  seen += events.length
  if (Math.floor(before / REPORT_EVENTS) !== Math.floor(seen / REPORT_EVENTS)) parentPort.postMessage({ seen })
  if (!closing && events.some(isLast)) send()
})
send()

parentPort.on('message', () => {
  closing = true
  handle.close()
  parentPort.close()
})
