import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inNamespace, PROGRAM_PATH } from '../support/lab/command.js'
import { ROOT } from '../support/source-files.js'
import { SystemScene } from '../support/system-scene.js'

/** Starts an example in the lab's namespace, as a user on that machine would. */
function start(scene: SystemScene, example: string, args: readonly string[]) {
  const [program, inside] = inNamespace(scene.lab.name, process.execPath, [join(ROOT, 'examples', example), ...args])
  return execa(program, inside, { cwd: ROOT, reject: false, all: true, timeout: 60_000, env: { PATH: PROGRAM_PATH } })
}

/** The options of the scene in a file; the namespace is the program's own. */
async function optionsFile(scene: SystemScene): Promise<string> {
  const { netns: _netns, logger: _logger, ...options } = scene.options()
  const path = join(scene.folder, 'options.json')
  await writeFile(path, JSON.stringify(options))
  return path
}

/** Reads on to the first line that matches, and returns it. */
async function nextLine(lines: AsyncIterator<string>, pattern: RegExp): Promise<string> {
  for (;;) {
    const next = await lines.next()
    if (next.done === true) throw new Error(`the example ended before a line matched ${pattern}`)
    if (pattern.test(next.value)) return next.value
  }
}

test('two-uplinks: comes online by both uplinks, and ends by an interrupt', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  await scene.uplink('eth1')
  const child = start(scene, 'two-uplinks.mjs', [await optionsFile(scene)])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  assert.match(await nextLine(lines, /^online by/), /eth[01]/)
  child.kill('SIGINT')
  const { exitCode } = await child
  assert.is(exitCode, 0)
  assert.equal(await scene.ours(), [])
})

test('watch-kernel: prints the links, then a change, and ends by an interrupt', async () => {
  await using scene = await SystemScene.create()
  const child = start(scene, 'watch-kernel.mjs', [])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await nextLine(lines, /^watching$/)
  await scene.lab.ip('link', 'add', 'probe0', 'type', 'bridge')
  await scene.lab.ip('address', 'add', '192.0.2.7/24', 'dev', 'probe0')
  await nextLine(lines, /^address 192\.0\.2\.7\/24$/)
  child.kill('SIGINT')
  assert.is((await child).exitCode, 0)
})

test('own-technology: makes a bridge and removes it', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const child = start(scene, 'own-technology.mjs', [await optionsFile(scene)])
  const { exitCode, all } = await child
  assert.is(exitCode, 0, all)
  assert.match(all ?? '', /br0 is there: true\nstopped/)
  assert.not.ok((await scene.links()).some(({ ifname }) => ifname === 'br0'))
})

test.run()
