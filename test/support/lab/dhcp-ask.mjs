// node dhcp-ask.mjs '{"interface": …}': sends one DHCP message from a port and prints what comes back to port 68 and to that
// port within a while, as JSON: { "atClient": [{ type, yiaddr, options }], "atPort": n }. A client that says what no client says.

import { createSocket } from 'node:dgram'

const { port = 68, type, mac, requested, ciaddr = '0.0.0.0', waitMs = 1_500 } = JSON.parse(process.argv[2] ?? '{}')
const COOKIE = [0x63, 0x82, 0x53, 0x63]
const octets = (address) => address.split('.').map(Number)

function message() {
  const head = Buffer.alloc(236)
  head.set([1, 1, 6, 0, 0x12, 0x34, 0x56, 0x78], 0)
  head.set([0x80, 0], 10)
  head.set(octets(ciaddr), 12)
  head.set(
    mac.split(':').map((part) => Number.parseInt(part, 16)),
    28,
  )
  const options = [...COOKIE, 53, 1, type, ...(requested === undefined ? [] : [50, 4, ...octets(requested)]), 255]
  return Buffer.concat([head, Buffer.from(options), Buffer.alloc(64)])
}

function decode(packet) {
  const options = {}
  for (let at = 240; at + 1 < packet.length && packet[at] !== 255; ) {
    if (packet[at] === 0) at += 1
    else {
      options[packet[at]] = packet.subarray(at + 2, at + 2 + packet[at + 1]).toString('hex')
      at += 2 + packet[at + 1]
    }
  }
  return { type: Number.parseInt(options[53] ?? '0', 16), yiaddr: [...packet.subarray(16, 20)].join('.'), options }
}

const bound = async (number) => {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  await new Promise((resolve) => socket.bind(number, resolve))
  socket.setBroadcast(true)
  return socket
}

const client = await bound(68)
const sender = port === 68 ? client : await bound(port)
const atClient = []
let atPort = 0
client.on('message', (packet) => {
  if (packet[0] === 2) atClient.push(decode(packet))
})
if (sender !== client) sender.on('message', () => (atPort += 1))
await new Promise((resolve, reject) =>
  sender.send(message(), 67, '255.255.255.255', (error) => (error ? reject(error) : resolve())),
)
setTimeout(() => {
  console.log(JSON.stringify({ atClient, atPort }))
  process.exit(0)
}, waitMs)
