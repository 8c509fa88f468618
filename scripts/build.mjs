// npm run build [ts|native]: dist/ and the addon, installing what is missing.

import { SetupError } from './setup/step.mjs'
import { runMain, setup } from './setup.mjs'

await runMain(async () => {
  const parts = process.argv.slice(2)
  const unknown = parts.find((part) => part !== 'ts' && part !== 'native')
  if (unknown !== undefined) throw new SetupError(`usage: node scripts/build.mjs [ts|native]; unknown part: ${unknown}`)
  const all = parts.length === 0
  await setup({ typescript: all || parts.includes('ts'), addon: all || parts.includes('native') })
  return 0
})
