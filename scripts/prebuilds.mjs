// npm run prebuilds [-- --verify] [-- PLATFORM …]: the ready-made addons of all platforms, or of some, into prebuilds/.
// --verify makes only those that are older than what they are made from, then each a second time, in another folder and with
// empty caches, and refuses unless both have equal bytes.

import { parseArgs } from 'node:util'
import { ensureZig } from './prebuilds/compiler.mjs'
import { ensurePrebuilds, makePrebuild, verifyPrebuild } from './prebuilds/make.mjs'
import { PLATFORMS } from './prebuilds/platforms.mjs'
import { SetupError } from './setup/step.mjs'
import { runMain, setup } from './setup.mjs'

/** The platforms with these names; all of them without one. */
function selected(names) {
  const unknown = names.filter((name) => !PLATFORMS.some((platform) => platform.name === name))
  if (unknown.length > 0) {
    throw new SetupError(
      `no such platform: ${unknown.join(' ')}\nplatforms: ${PLATFORMS.map(({ name }) => name).join(' ')}`,
    )
  }
  return names.length === 0 ? PLATFORMS : PLATFORMS.filter(({ name }) => names.includes(name))
}

await runMain(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { verify: { type: 'boolean' } } })
  const platforms = selected(positionals)
  await setup({ packages: ['build'] })
  const zig = await ensureZig()
  if (values.verify === true) await ensurePrebuilds(platforms)
  for (const platform of platforms) await (values.verify === true ? verifyPrebuild : makePrebuild)(platform, zig)
  return 0
})
