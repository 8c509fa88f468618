/** The scripts that daemons run, and the descriptor that they report on. */

import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DhcpEventDecoder } from '../../../lib/dhcp/event-decoder.js'
import { handlersPath } from '../../../lib/supervision/handlers-path.js'
import { spawnProcess } from '../../../lib/supervision/spawn.js'

async function bytesOf(stream: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream ?? []) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('a script that a daemon runs reports its name, arguments and environment on descriptor 3', async () => {
  const script = `${join(handlersPath(), 'ip-up.sh')} ppp0 '/dev/tty with blank' >/dev/null 2>&1
    IPLOCAL=192.0.2.9 ${join(handlersPath(), 'ip-down.sh')} ppp0 >/dev/null 2>&1; echo said; exit 4`
  const child = spawnProcess({
    program: '/bin/sh',
    args: ['-c', script],
    env: { PATH: '/usr/bin:/bin', LINES: 'one\ntwo' },
    events: true,
  })
  const [events, stdout] = await Promise.all([bytesOf(child.events), bytesOf(child.stdout)])
  const [up, down, ...more] = new DhcpEventDecoder().push(events)
  assert.equal(up?.args, ['ip-up', 'ppp0', '/dev/tty with blank'])
  assert.is(up?.environment.get('LINES'), 'one\ntwo')
  assert.is(down?.args[0], 'ip-down')
  assert.is(down?.environment.get('IPLOCAL'), '192.0.2.9')
  assert.equal(more, [])
  assert.is(stdout.toString(), 'said\n')
  assert.equal(await child.exited, { exitCode: 4 })
})

test('without being asked for, there is no descriptor 3', async () => {
  const child = spawnProcess({ program: '/bin/sh', args: ['-c', 'true >&3'], env: { PATH: '/bin' } })
  assert.is(child.events, undefined)
  assert.is.not((await child.exited).exitCode, 0)
})

test.run()
