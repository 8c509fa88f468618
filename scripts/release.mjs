// npm run release: everything that a release consists of, into build-release/: builds, tests, packs, writes checksums and a bill of
// materials. It publishes nothing, and refuses a tree that git does not know. `--skip-tests` is for trying the script itself.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PLATFORMS } from './prebuilds/platforms.mjs'
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

/** Packs, and copies the addons beside the tarball: whoever has no npm takes one from there. */
async function pack() {
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', OUT]
  const [{ filename, files }] = JSON.parse(await run('npm', args))
  const missing = PLATFORMS.filter(
    ({ arch, libc }) => !files.some(({ path }) => path === `prebuilds/linux-${arch}/vintage-net.${libc}.node`),
  )
  if (missing.length > 0) throw new SetupError(`not in the tarball: ${missing.map(({ name }) => name).join(' ')}`)
  for (const { name, arch, libc } of PLATFORMS) {
    const file = join(ROOT, 'prebuilds', `linux-${arch}`, `vintage-net.${libc}.node`)
    copyFileSync(file, join(OUT, `vintage-net-${name}.node`))
  }
  return filename
}

/** What the package brings along, in CycloneDX; what only developers need is left out. */
async function billOfMaterials() {
  const text = await run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library', '--omit', 'dev'])
  const bill = JSON.parse(text)
  // npm draws a number and takes the time anew each run; the same commit shall give the same file.
  delete bill.serialNumber
  delete bill.metadata.timestamp
  bill.metadata.component.name = bill.metadata.component.purl.replace(/^pkg:npm\/|@[^@]*$/g, '') // npm takes the folder's name
  writeFileSync(join(OUT, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`)
}

function checksums() {
  const lines = readdirSync(OUT)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(OUT, name)))
          .digest('hex')}  ${name}`,
    )
  writeFileSync(join(OUT, 'SHA256SUMS'), `${lines.join('\n')}\n`)
}

const NOT_TESTED = 'NOT TESTED (--skip-tests): do not publish this\n'

await runMain(async () => {
  const { values } = parseArgs({ options: { 'skip-tests': { type: 'boolean' } } })
  if (values['skip-tests']) process.stdout.write(NOT_TESTED)
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const commit = await releasedCommit(manifest)
  await setup({ packages: ['build'], typescript: true })
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT)
  show(process.execPath, ['scripts/prebuilds.mjs', ...(values['skip-tests'] ? [] : ['--verify'])])
  if (!values['skip-tests'])
    for (const suites of [[], ['prebuilds']]) show(process.execPath, ['scripts/test.mjs', ...suites])
  // What was built and tested must be what is committed: a test that writes into the tree shows here.
  await releasedCommit(manifest)
  const tarball = await step('packed', pack)
  await billOfMaterials()
  checksums()
  process.stdout.write(`${manifest.name} ${manifest.version} of ${commit}: build-release/${tarball}\n`)
  if (values['skip-tests']) process.stdout.write(NOT_TESTED)
  return 0
})
