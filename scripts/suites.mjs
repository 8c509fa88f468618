// The suites of `npm test`, in order: what each needs, which files it runs and how.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runNativeTests } from './native-tests.mjs'
import { capture, ROOT } from './setup/step.mjs'

/** A command that counts as one test. */
function command(title, program, args) {
  return async () => {
    const startedMs = performance.now()
    const { ok, output } = await capture(program, args)
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    process.stdout.write(
      ok ? `ok    ${title} (${seconds} s)\n` : `FAIL  ${title} (${seconds} s)\n${output.trimEnd()}\n`,
    )
    return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, skips: [] }
  }
}

/** The whole contract takes nine minutes in the virtual machine. */
const FULL = process.env.VINTAGE_NET_FULL === '1'

/**
 * `needs`: options of setup(). `runs`: test files, by folder or by name; `world`: each in a world of its own ('root': without a user namespace where that can be); `vm`: all in one
 * virtual machine, `also`: with them, files of other suites.
 * `commands`: what else counts. `optional`: may be absent, as long as nobody asks for it by name. `byName`: runs only then.
 */
export const SUITES = [
  { name: 'tidy', needs: {}, runs: [{ files: 'test/tidy', parallel: 2 }] },
  {
    name: 'lint',
    needs: {},
    runs: [],
    commands: [
      command('lint: biome', 'biome', ['check', '--error-on-warnings', '.']),
      command('lint: types', 'tsc', ['-p', 'tsconfig.test.json']),
      command('lint: API reference', 'typedoc', ['--emit', 'none']),
    ],
  },
  { name: 'unit', needs: { packages: ['terminals'] }, runs: [{ files: 'test/unit', parallel: 2 }] },
  {
    name: 'native',
    needs: { packages: ['build', 'native tests'], addon: true },
    runs: [{ files: 'test/native', parallel: 2, optional: true }],
    commands: [runNativeTests],
  },
  {
    name: 'contract',
    needs: { packages: ['lab'], addon: true },
    runs: [{ files: 'test/kernel-contract/fake.test.ts' }, { files: 'test/kernel-contract/real.test.ts', world: true }],
  },
  { name: 'simulation', needs: {}, runs: [{ files: 'test/simulation', parallel: 2 }] },
  {
    name: 'system',
    needs: { packages: ['lab', 'recording'], typescript: true, addon: true },
    runs: [{ files: 'test/system', world: true }],
  },
  {
    name: 'service',
    needs: { packages: ['lab', 'service manager'], typescript: true, addon: true },
    runs: [{ files: 'test/service', world: 'root' }],
  },
  {
    name: 'differential',
    needs: { packages: ['lab'], addon: true },
    runs: [{ files: 'test/differential', world: true }],
  },
  {
    name: 'lifetime',
    needs: { packages: ['lab'], typescript: true, addon: true },
    runs: [{ files: 'test/lifetime', world: true, parallel: 2 }],
  },
  {
    name: 'examples',
    needs: { packages: ['lab'], typescript: true, addon: true },
    runs: [{ files: 'test/examples', world: true }],
  },
  {
    name: 'vm',
    needs: { packages: ['lab'], addon: true },
    runs: [{ files: 'test/vm', vm: true, also: FULL ? ['test/kernel-contract/real.test.ts'] : [] }],
  },
  {
    name: 'package',
    needs: { packages: ['release'], typescript: true, addon: true },
    runs: [{ files: 'test/package' }],
  },
  {
    name: 'prebuilds',
    byName: true, // six builds, when they are not there yet
    needs: { packages: ['build', 'native tests', 'lab', 'prebuilds'], typescript: true, prebuilds: true },
    runs: [{ files: 'test/prebuilds/world', world: true }, { files: 'test/prebuilds/files' }],
  },
]

/** The test files at or below a path, relative to the root, sorted. */
export function testFiles(path) {
  const full = join(ROOT, path)
  if (path.endsWith('.test.ts')) return existsSync(full) ? [path] : []
  if (!existsSync(full)) return []
  const names = readdirSync(full, { recursive: true }).map(String)
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => `${path}/${name}`)
}

/** The suite that a test file belongs to and how it runs there, or undefined. */
export function suiteOf(file) {
  for (const suite of SUITES) {
    const run = suite.runs.find(({ files }) => file === files || file.startsWith(`${files}/`))
    if (run !== undefined) return { ...suite, commands: [], runs: [{ ...run, files: file, also: [] }] }
  }
  return undefined
}
