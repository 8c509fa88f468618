// npm run bare-machine [-- 'SCRIPT [ARGUMENT …]' …]: makes a root folder with Debian's smallest system, Node and npm, clones the last commit into it,
// and runs npm scripts there; by default the two of the README, `demo` and `test`. As root on Debian. The root folder goes at the end.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findProgram, ROOT, run, SetupError, step } from './setup/step.mjs'
import { ensureSystemPackages } from './setup/system-packages.mjs'
import { runMain } from './setup.mjs'

/** Where packages come from, whom to trust, and how names are resolved: as on this machine. */
const CONFIGURATION = ['/etc/apt', '/etc/ssl', '/usr/share/keyrings', '/usr/share/ca-certificates', '/etc/resolv.conf']
/** What a development machine has and a bare one lacks. */
const MISSING = ['g++', 'make', 'cmake', 'ninja', 'python3', 'git', 'ip', 'udhcpc', 'dnsmasq', 'busybox']
const PROJECT = '/srv/project'
/** Its own first process and mounts: whatever is left running, and every mount, ends with the command. */
const ENTER = `
  mount --bind "$0" "$0" && cd "$0" && mount --rbind /dev dev && mount -t proc proc proc && mount -t sysfs sysfs sys &&
  mount -t tmpfs tmpfs run && mkdir -p old && pivot_root . old && umount -l old && cd "$1" && shift && exec "$@"`
const KEPT_VARIABLES = /^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|CI)$/i

/** Debian's release and the archive that this machine has it from. */
async function debian() {
  const [, codename] = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? []
  const uris = await run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    `Codename: ${codename}`,
    'Created-By: Packages',
  ])
  const [mirror] = uris.split('\n')
  if (codename === undefined || mirror === '') throw new SetupError('apt knows no archive of Debian')
  return { codename, mirror }
}

function copyInto(root, path) {
  if (existsSync(path)) cpSync(path, join(root, path), { recursive: true, dereference: true, force: true })
}

async function makeRoot(root) {
  const { codename, mirror } = await debian()
  await run('debootstrap', ['--variant=minbase', codename, root, mirror])
  chmodSync(root, 0o755) // a temporary folder is its owner's alone, a machine's root is not
  for (const path of CONFIGURATION) copyInto(root, path)
  copyInto(root, join(homedir(), '.npmrc'))
  const local = join(root, 'usr', 'local')
  cpSync(process.execPath, join(local, 'bin', 'node'))
  const npm = dirname(dirname(realpathSync(findProgram('npm'))))
  cpSync(npm, join(local, 'lib', 'node_modules', 'npm'), { recursive: true })
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name))
  mkdirSync(join(root, dirname(PROJECT)), { recursive: true })
  await run('git', ['clone', '--quiet', ROOT, join(root, PROJECT)])
}

/** Runs a command in the root folder with this process's standard streams; its exit status. */
function runThere(root, cwd, command) {
  const kept = Object.entries(process.env).filter(([name]) => KEPT_VARIABLES.test(name))
  const env = {
    ...Object.fromEntries(kept),
    PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: homedir(),
    LANG: 'C.UTF-8',
  }
  const args = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', ENTER, root, cwd, ...command]
  return spawnSync('unshare', args, { env, stdio: 'inherit' }).status ?? 1
}

await runMain(async () => {
  if (process.getuid() !== 0) throw new SetupError('only root can make a root folder to run in')
  await ensureSystemPackages(['bare machine'])
  const scripts = process.argv.length > 2 ? process.argv.slice(2) : ['demo', 'test']
  const root = mkdtempSync(join(tmpdir(), 'vintage-net-bare-machine-'))
  // Whoever interrupts ends the command that runs there, through the terminal; the folder still has to go.
  process.on('SIGINT', () => undefined)
  try {
    await step('made a bare machine', () => makeRoot(root))
    const found = MISSING.filter((program) =>
      ['bin', 'sbin', 'usr/bin', 'usr/sbin'].some((folder) => existsSync(join(root, folder, program))),
    )
    if (found.length > 0) throw new SetupError(`the machine is not bare, it has: ${found.join(' ')}`)
    for (const script of scripts) {
      process.stdout.write(`== npm run ${script}\n`)
      const [name, ...args] = script.split(' ')
      const status = runThere(root, PROJECT, ['npm', 'run', name, '--', ...args])
      process.stdout.write(`== npm run ${script}: exit status ${status}\n`)
      if (status !== 0) return status
    }
    return 0
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
