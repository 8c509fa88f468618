// Makes a fresh clone ready: checks the platform, installs packages, builds. Each part is skipped when it is up to date.
// Builtins only, down to the last import: it runs where nothing but Node is installed.

import { ensureStage } from './prebuilds/stage.mjs'
import { addonMustBeBuilt, ensureAddon } from './setup/build-addon.mjs'
import { ensureTypeScript } from './setup/build-typescript.mjs'
import { ensureNpmPackages } from './setup/npm-packages.mjs'
import { SetupError } from './setup/step.mjs'
import { ensureSystemPackages } from './setup/system-packages.mjs'

/** Oldest Node that has what we use; the same as `engines` in package.json. */
const OLDEST_NODE = [20, 17]

function checkPlatform() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new SetupError(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}`)
  }
  if (process.platform !== 'linux') throw new SetupError(`Linux is needed; this is ${process.platform}`)
}

/**
 * Makes ready what is asked for; the npm packages always.
 * `packages`: groups of system packages ('build', 'lab', 'native tests'); `typescript`: dist/; `addon`: the native addon;
 * `prebuilds`: the ready-made addons of all platforms, in a tarball that is packed and installed.
 */
export async function setup({ packages = [], typescript = false, addon = false, prebuilds = false } = {}) {
  checkPlatform()
  await ensureSystemPackages(addon && addonMustBeBuilt() ? ['build', ...packages] : packages)
  await ensureNpmPackages()
  if (typescript) await ensureTypeScript()
  if (addon) await ensureAddon()
  if (prebuilds) await ensureStage()
}

/** Runs a script's main function; a SetupError becomes its message and exit status 1, any other error its stack. */
export async function runMain(main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`)
    process.exitCode = 1
  }
}
