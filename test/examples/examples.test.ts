import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inNamespace, PROGRAM_PATH } from '../support/lab/command.js'
import { ROOT } from '../support/source-files.js'
import { SystemScene } from '../support/system-scene.js'
import { freshNamespace } from '../support/world.js'

/** Small enough that some hundred changes overrun it (the kernel makes twice as much of it: two or three notifications). */
const SMALL_BUFFER_BYTES = 2048

/** Starts an example in the lab's namespace, as a user on that machine would. */
function start(scene: SystemScene, example: string, args: readonly string[]) {
  const [program, inside] = inNamespace(scene.lab.name, process.execPath, [join(ROOT, 'examples', example), ...args])
  return execa(program, inside, { cwd: ROOT, reject: false, all: true, timeout: 60_000, env: { PATH: PROGRAM_PATH } })
}

/** Starts an example in TypeScript, in the world itself. */
function startTypeScript(example: string, args: readonly string[]) {
  const command = ['--import', 'tsx', join(ROOT, 'examples', example), ...args]
  return execa(process.execPath, command, { cwd: ROOT, reject: false, timeout: 60_000, env: { PATH: PROGRAM_PATH } })
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

test('watch-links: prints links and addresses that come, change and go, and ends by an interrupt', async () => {
  const namespace = await freshNamespace()
  const child = startTypeScript('watch-links.ts', [namespace.path])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await nextLine(lines, /^127\.0\.0\.1\/8 on lo$/)
  await nextLine(lines, /^watching$/)
  await namespace.ip('link', 'add', 'b0', 'type', 'bridge')
  await nextLine(lines, /^\+ b0: down, no carrier$/)
  await namespace.ip('link', 'add', 'v0', 'index', '10', 'type', 'veth', 'peer', 'name', 'v1', 'index', '21')
  await namespace.ip('link', 'set', 'dev', 'v0', 'master', 'b0')
  await nextLine(lines, /^~ v0 in b0: down, no carrier$/)
  await namespace.ip('link', 'set', 'dev', 'v1', 'up')
  await namespace.ip('link', 'set', 'dev', 'v0', 'up')
  await nextLine(lines, /^~ v0 in b0: up, carrier$/)
  await namespace.ip('address', 'add', '192.0.2.7/24', 'dev', 'b0')
  await nextLine(lines, /^\+ 192\.0\.2\.7\/24 on b0$/)
  await namespace.ip('address', 'del', '192.0.2.7/24', 'dev', 'b0')
  await nextLine(lines, /^- 192\.0\.2\.7\/24 on b0$/)
  await namespace.ip('link', 'del', 'dev', 'b0')
  await nextLine(lines, /^- b0$/)
  child.kill('SIGINT')
  await nextLine(lines, /^ended$/)
  assert.is((await child).exitCode, 0)
  await namespace.delete()
})

test('watch-links: tells of an overrun, and then of everything that was lost', async () => {
  const namespace = await freshNamespace()
  const child = startTypeScript('watch-links.ts', [namespace.path, String(SMALL_BUFFER_BYTES)])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await nextLine(lines, /^watching$/)
  const hosts = Array.from({ length: 256 }, (_, host) => host)
  const addresses = ['192.0.2', '198.51.100', '203.0.113'].flatMap((net) => hosts.map((host) => `${net}.${host}/32`))
  child.kill('SIGSTOP') // nobody reads while they come, however fast this machine is
  namespace.ipBatchSync(addresses.map((address) => `address add ${address} dev lo`))
  child.kill('SIGCONT')
  const missing = new Set(addresses.map((address) => `+ ${address} on lo`))
  let overruns = 0
  while (missing.size > 0) {
    const line = await nextLine(lines, /^(overrun|\+)/)
    if (line.startsWith('overrun')) overruns += 1
    else assert.ok(missing.delete(line), `${line} is told twice`)
  }
  assert.ok(overruns > 0)
  child.kill('SIGINT')
  assert.is((await child).exitCode, 0)
  await namespace.delete()
})

test('failover-by-standing-order: the order is done while JavaScript stands still', async () => {
  await freshNamespace() // the world is made ready; the example makes a namespace of its own
  const { exitCode, stdout, stderr } = await startTypeScript('failover-by-standing-order.ts', [])
  assert.is(exitCode, 0, stderr)
  assert.match(stdout, /^before: 192\.0\.2\.1 by uplink0\ngeneration 1 stands\n/)
  assert.match(stdout, /\norder "uplink0 is lost" of generation 1: done\n/)
  for (const line of [/\nread (\S+) ms after/, /\ndone (\S+) ms after/, /\nJavaScript went on (\S+) ms later/]) {
    assert.ok(Number(line.exec(stdout)?.[1]) > 0, stdout)
  }
  assert.match(stdout, /\nafter: 198\.51\.100\.1 by uplink1$/)
})

test.run()
