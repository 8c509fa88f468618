// npm run release: everything that a release consists of, into build-release/: builds, tests, packs, writes checksums and a bill of
// materials. It publishes nothing, and refuses a tree that git does not know. `--skip-tests` is for trying the script itself.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensurePrebuilds } from './prebuilds/make.mjs'
import { PLATFORMS } from './prebuilds/platforms.mjs'
import { runtimePackages } from './release/runtime-packages.mjs'
import { childEnv, ROOT, run, SetupError, step } from './setup/step.mjs'
import { runMain, setup } from './setup.mjs'

const OUT = join(ROOT, 'build-release')

/** The commit that is released. @throws SetupError unless all that lies here is committed, and the changes have this version. */
async function releasedCommit({ version }) {
  const status = await run('git', ['status', '--porcelain'])
  if (status.trim() !== '') throw new SetupError(`the tree is dirty; commit or stash first:\n${status.trimEnd()}`)
  const changes = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')
  if (!new RegExp(`^## \\[?${version.replaceAll('.', '\\.')}\\b`, 'm').test(changes)) {
    throw new SetupError(`CHANGELOG.md has no section for version ${version}`)
  }
  return (await run('git', ['rev-parse', 'HEAD'])).trim()
}

/** Runs a command whose output is for whoever releases; it must succeed. */
function show(program, args) {
  const { status } = spawnSync(program, args, { cwd: ROOT, env: childEnv(), stdio: 'inherit' })
  if (status !== 0) throw new SetupError(`${[program, ...args].join(' ')} failed`)
}

/** Packs into a folder, and copies the addons beside the tarball: whoever has no npm takes one from there. Resolves with the tarball's name. */
export async function pack(out = OUT) {
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', out]
  const [{ filename, files }] = JSON.parse(await run('npm', args))
  const missing = PLATFORMS.filter(
    ({ arch, libc }) => !files.some(({ path }) => path === `prebuilds/linux-${arch}/vintage-net.${libc}.node`),
  )
  if (missing.length > 0) throw new SetupError(`not in the tarball: ${missing.map(({ name }) => name).join(' ')}`)
  for (const { name, arch, libc } of PLATFORMS) {
    const file = join(ROOT, 'prebuilds', `linux-${arch}`, `vintage-net.${libc}.node`)
    copyFileSync(file, join(out, `vintage-net-${name}.node`))
  }
  return filename
}

/**
 * Writes what the package brings along, in CycloneDX, into a folder. npm's own `--omit dev` would leave out too what developers need as well
 * (valibot), so npm lists everything and we choose.
 */
export async function billOfMaterials(out = OUT) {
  const text = await run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library'])
  const bill = JSON.parse(text)
  const installed = runtimePackages(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages)
  bill.components = bill.components.filter((one) => installed.has(one['bom-ref']))
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => installed.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => installed.has(one)) }))
  // npm draws a number and takes the time anew each run; the same commit shall give the same file.
  delete bill.serialNumber
  delete bill.metadata.timestamp
  bill.metadata.component.name = bill.metadata.component.purl.replace(/^pkg:npm\/|@[^@]*$/g, '') // npm takes the folder's name
  writeFileSync(join(out, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`)
}

/** Writes SHA256SUMS of all that lies in a folder, as sha256sum(1) reads it. */
export function checksums(out = OUT) {
  const lines = readdirSync(out)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(out, name)))
          .digest('hex')}  ${name}`,
    )
  writeFileSync(join(out, 'SHA256SUMS'), `${lines.join('\n')}\n`)
}

const NOT_TESTED = 'NOT TESTED (--skip-tests): do not publish this\n'

async function main() {
  const { values } = parseArgs({ options: { 'skip-tests': { type: 'boolean' } } })
  if (values['skip-tests']) process.stdout.write(NOT_TESTED)
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const commit = await releasedCommit(manifest)
  await setup({ packages: ['build'], typescript: true })
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT)
  if (values['skip-tests']) await ensurePrebuilds()
  else {
    show(process.execPath, ['scripts/prebuilds.mjs', '--verify'])
    for (const suites of [[], ['prebuilds']]) show(process.execPath, ['scripts/test.mjs', ...suites])
  }
  // What was built and tested must be what is committed: a test that writes into the tree shows here.
  await releasedCommit(manifest)
  const tarball = await step('packed', () => pack())
  await billOfMaterials()
  checksums()
  process.stdout.write(`${manifest.name} ${manifest.version} of ${commit}: build-release/${tarball}\n`)
  if (values['skip-tests']) process.stdout.write(NOT_TESTED)
  return 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(main)
