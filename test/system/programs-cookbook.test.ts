/** Recipes of docs/cookbook/programs.md that need a real kernel, run as they stand there. */

import { dirname } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { VintageNet, type VintageNetOptions } from '../../lib/index.js'
import * as kernel from '../../lib/kernel/index.js'
import { Cookbook } from '../support/kitchen.js'
import { runRecipe } from '../support/recipes.js'
import { SystemScene } from '../support/system-scene.js'
import { freshNamespace } from '../support/world.js'

const book = new Cookbook('programs')

/** Prints into a list. */
function printer(lines: string[]) {
  return { log: (...values: unknown[]) => void lines.push(values.join(' ')) }
}

test('Manage several network namespaces', async () => {
  await using left = await SystemScene.create()
  await using right = await SystemScene.create()
  for (const scene of [left, right]) await scene.uplink('eth0', 'none')
  const found = book.get('Manage several network namespaces')
  const code = found.code
    .replace('/run/netns/', `${dirname(left.lab.namespace)}/`)
    .replaceAll(/`\/(run|var\/lib)\/vintage/g, `\`${left.folder}/$1/vintage`)
    .replace("start('left'", `start('${left.lab.name}'`)
    .replace("start('right'", `start('${right.lab.name}'`)
  assert.not.match(code, /`\/(run|var\/lib)\/vintage|left'|right'/)
  const seen: string[] = []
  const start = async (options: VintageNetOptions): Promise<VintageNet> => {
    const net = await VintageNet.start(options)
    const scene = options.netns === left.lab.namespace ? left : right
    const stop = net.stop.bind(net)
    net.stop = async () => {
      seen.push(...(await scene.addresses('eth0')).map(({ local }) => local))
      await stop()
    }
    return net
  }
  await runRecipe({ title: found.title, code }, { VintageNet: { start } })
  assert.equal(seen.sort(), ['192.0.2.2', '198.51.100.2'])
  assert.equal([...(await left.ours()), ...(await right.ours())], [])
})

test('Use the kernel alone', async () => {
  const namespace = await freshNamespace()
  try {
    const printed: string[] = []
    // The recipe's own namespace is that of the process; here it is one that the test has made.
    const openKernel = () => kernel.openKernel({ netns: namespace.path })
    const modules = { 'vintage-net/kernel': { openKernel } }
    await runRecipe(book.get('Use the kernel alone'), { modules, console: printer(printed) })
    assert.equal(printed, ['lo', 'br7 is up'])
    assert.not.match(await namespace.ip('link', 'show'), /br7/)
  } finally {
    await namespace.delete()
  }
})

test.run()
