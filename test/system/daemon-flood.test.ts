/** The daemon under clients that want too much of it. */

import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DaemonProcess, vintageNet, writeDaemonConfig } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const STATIC = { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24 } }

test('1,000 clients and bodies of 100 MB cost the daemon no more memory than its limits say', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const file = await writeDaemonConfig(scene, { eth0: STATIC })
  await using daemon = await new DaemonProcess(scene, { args: ['--config', file] }).ready()
  await daemon.until('interface/eth0/connection', 'lan')
  const before = await peakBytes(daemon.pid)
  for (let round = 0; round < 2; round += 1) assert.is(await putHundredMb(daemon.socketPath), 413)
  const sockets: Socket[] = []
  for (let count = 0; count < 1_000; count += 1) {
    const socket = connect(daemon.socketPath)
    socket.on('error', () => undefined)
    socket.resume()
    sockets.push(socket)
  }
  await eventually('those beyond the limit are closed', () => sockets.filter(({ closed }) => closed).length >= 900, {
    deadlineMs: 20_000,
  })
  for (const socket of sockets) socket.destroy()
  await eventually('it serves', async () => (await vintageNet(daemon.socketPath, 'info')).exitCode === 0, DEADLINE)
  const grownBytes = (await peakBytes(daemon.pid)) - before
  assert.ok(grownBytes < 80 * 1_048_576, `${grownBytes}`)
  assert.ok(daemon.said('too many clients of the control API'))
  assert.is(await daemon.get('interface/eth0/connection'), 'lan')
})

/** The most memory that a process ever had in use (proc(5), VmHWM). */
async function peakBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1_024
}

/** The status that answers a body of 100 MB that comes in pieces. */
function putHundredMb(socketPath: string): Promise<number | undefined> {
  const piece = Buffer.alloc(65_536, 0x20)
  return new Promise((resolve, reject) => {
    let leftBytes = 100 * 1_048_576
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const path = '/v1/interfaces/eth0/configuration'
    const outgoing = request({ socketPath, method: 'PUT', path, headers, agent: false }, (response) => {
      resolve(response.statusCode)
      outgoing.destroy()
    })
    const more = (): void => {
      for (; leftBytes > 0 && !outgoing.destroyed; leftBytes -= piece.length) {
        if (!outgoing.write(piece)) return void outgoing.once('drain', more)
      }
      outgoing.end()
    }
    outgoing.on('error', reject)
    more()
  })
}

test.run()
