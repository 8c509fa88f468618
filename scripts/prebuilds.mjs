// npm run prebuilds: the ready-made addon of this machine's platform, CPU and libc, in prebuilds/.

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run, step } from './setup/step.mjs'
import { runMain, setup } from './setup.mjs'

await runMain(async () => {
  await setup({ packages: ['build'] })
  const env = { PREBUILD_NODE_GYP: join(ROOT, 'node_modules', '.bin', 'node-gyp') }
  // With the headers of the system's Node nothing has to be downloaded.
  const args = ['--napi', '--strip', '--tag-libc']
  const nodedir = existsSync('/usr/include/node/node_api.h') ? { npm_config_nodedir: '/usr' } : {}
  await step('built prebuilds/', () => run('prebuildify', args, { env: { ...env, ...nodedir } }))
  // node-gyp's folder would win over prebuilds/ when the addon is loaded.
  rmSync(join(ROOT, 'build'), { recursive: true, force: true })
  return 0
})
