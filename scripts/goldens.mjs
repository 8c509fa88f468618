// npm run goldens [-- SCENE …]: captures the kernel's own messages again, in worlds of their own and in a virtual machine
// whose kernel has the links that this one may lack, and stores them below test/fixtures/netlink.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { SCENES } from './goldens/scenes.mjs'
import { buildNativeTests } from './native-tests.mjs'
import { ROOT, run, SetupError } from './setup/step.mjs'
import { runMain, setup } from './setup.mjs'
import { inWorld } from './world.mjs'

const FIXTURES = join(ROOT, 'test', 'fixtures', 'netlink')
const SESSIONS = join(ROOT, 'scripts', 'goldens')
/** An emulated machine needs a minute for it. */
const MACHINE_TIMEOUT_S = 300

async function capture({ name, place, session: script, folder, modules = [] }, program) {
  const target = join(FIXTURES, folder)
  mkdirSync(target, { recursive: true })
  const session = [process.execPath, join(SESSIONS, script), name, program, target]
  if (place === 'world') {
    const world = await inWorld(session)
    await run(world.program, world.args, { env: world.env })
    return
  }
  const options = ['--timeout', String(MACHINE_TIMEOUT_S), '--rw', target, '--modules', modules.join(',')]
  // QEMU opens its outputs anew by their names, which a socket, as Node's pipes are, does not allow.
  const pipe = ['-o', 'pipefail', '-c', '"$@" 2>&1 | cat', 'bash']
  await run('bash', [...pipe, join(ROOT, 'test/vm/run-in-vm.sh'), ...options, '--', 'unshare', '--net', ...session])
}

await runMain(async () => {
  const wanted = process.argv.slice(2)
  const scenes = SCENES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  if (scenes.length === 0) throw new SetupError(`no such scene; there are: ${SCENES.map(({ name }) => name).join(' ')}`)
  const machine = scenes.some(({ place }) => place === 'machine')
  await setup({ packages: ['build', 'native tests', 'lab', ...(machine ? ['virtual machine'] : [])] })
  const program = await buildNativeTests('vn_capture')
  for (const scene of scenes) {
    const startedMs = performance.now()
    await capture(scene, program)
    process.stdout.write(`captured ${scene.name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`)
  }
  return 0
})
