// Tests as plain JavaScript, one file each with everything it imports: an emulated machine compiles and searches too slowly.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from '../setup/step.mjs'

/** What CommonJS packages inside an ES module want. */
const BANNER =
  "import { createRequire as vmCreateRequire } from 'node:module'\nconst require = vmCreateRequire(import.meta.url)"

/** Files of ours find their neighbours (the addon, scripts) by their own URL, which must stay that of the source. */
const ownUrls = {
  name: 'own-urls',
  setup(build) {
    build.onLoad({ filter: /\/(lib|test|bench)\/.*\.(ts|mjs)$/ }, ({ path }) => {
      if (!path.startsWith(ROOT) || path.includes('/node_modules/')) return undefined
      const text = readFileSync(path, 'utf8')
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' }
    })
  },
}

/** Compiles test files (relative to the root) into `folder`; resolves with the compiled file of each. */
export async function compileTests(files, folder) {
  const { build, stop } = await import('esbuild') // comes with tsx
  await build({
    entryPoints: files.map((file) => join(ROOT, file)),
    outbase: ROOT,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    tsconfig: join(ROOT, 'tsconfig.test.json'),
    banner: { js: BANNER },
    sourcemap: 'linked',
    plugins: [ownUrls],
    // It finds its binary beside itself.
    external: ['@serialport/bindings-cpp'],
    logLevel: 'silent',
  })
  await stop()
  return new Map(files.map((file) => [file, join(folder, file.replace(/\.ts$/, '.mjs'))]))
}
