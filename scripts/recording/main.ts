/**
 * Records the session in a world made by scripts/recording.mjs, and writes the page to the file that is given.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Lab } from '../../test/support/lab.js'
import { Page } from './page.js'
import { makeDevice, openTerminal, replacements } from './scene.js'
import { tellDemo, tellDevice } from './story.js'

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node scripts/recording.mjs FILE')
const folder = await mkdtemp(join(tmpdir(), 'recording-'))
try {
  const page = new Page(replacements(folder))
  // The demo comes first: it has a world in this world, whose /run is still that of the outside.
  {
    await using terminal = await openTerminal(folder)
    await tellDemo(terminal, page)
  }
  await using lab = await Lab.create({ here: true })
  const eth0 = await makeDevice(lab)
  await using terminal = await openTerminal(folder)
  await tellDevice(terminal, page, eth0)
  await writeFile(file, page.text())
} finally {
  await rm(folder, { recursive: true, force: true })
}
