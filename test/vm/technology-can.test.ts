/** The example of a technology of one's own, on the kernel's virtual CAN bus. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { can } from '../../examples/technology-can/src/index.js'
import { SystemScene } from '../support/system-scene.js'

const DEADLINE = { deadlineMs: 60_000 }
const VIRTUAL = { type: 'can', virtual: true }

/** A frame from one socket to another: identifier 0x123, three octets. */
const FRAME = `
import socket, struct
def bus():
    s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    s.settimeout(10)
    s.bind(('vcan0',))
    return s
a, b = bus(), bus()
a.send(struct.pack('=IB3x8s', 0x123, 3, b'abc'))
print(struct.unpack('=IB3x8s', b.recv(16))[2][:3].decode())
`

test('a virtual bus is made, carries frames, and goes without a trace', async () => {
  await using scene = await SystemScene.create()
  const net = await scene.start({ technologies: [can] })
  await net.configure('vcan0', VIRTUAL)
  await net.until(['interface', 'vcan0', 'connection'], 'lan', DEADLINE)
  const { flags } = await scene.link('vcan0')
  assert.ok(flags.includes('UP'))
  assert.is((await scene.lab.exec('python3', ['-c', FRAME])).stdout, 'abc')
  await net.ioctl('vcan0', 'restart', [])
  assert.is((await scene.lab.exec('python3', ['-c', FRAME])).stdout, 'abc')
  await net.stop()
  assert.equal(
    (await scene.links()).map(({ ifname }) => ifname),
    ['lo'],
  )
})

test('a controller that is none is told as the reason, and stays down', async () => {
  await using scene = await SystemScene.create()
  await scene.lab.ip('link', 'add', 'can0', 'type', 'vcan')
  const net = await scene.start({ technologies: [can] })
  await net.configure('can0', { type: 'can', bitrate: 500_000 })
  await net.until(['interface', 'can0', 'state'], 'retrying', DEADLINE)
  assert.match(String(net.get(['interface', 'can0', 'reason'])), /\bip\b/)
  assert.not.ok((await scene.link('can0')).flags.includes('UP'))
})

test.run()
