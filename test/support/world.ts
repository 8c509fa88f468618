/** Network namespaces for tests of the kernel seam: nothing happens in them by itself. */

import { execaSync } from 'execa'
import { inNamespace, mustRun, namespacePath, setSysctls } from './lab/command.js'
import { enterWorld } from './lab/enter-world.js'

/** What makes IPv6 act by itself: the wait for duplicates, and link-local addresses. */
const QUIET_SYSCTLS = {
  'net/ipv6/conf/all/accept_dad': '0',
  'net/ipv6/conf/default/accept_dad': '0',
  'net/ipv6/conf/all/addr_gen_mode': '1',
  'net/ipv6/conf/default/addr_gen_mode': '1',
  'net/ipv4/conf/all/promote_secondaries': '0',
  'net/ipv4/conf/default/promote_secondaries': '0',
}

/** Longest that one batch of `ip` commands may take. */
const BATCH_TIMEOUT_MS = 20_000

/** A network namespace of one test. */
export interface Namespace {
  readonly name: string
  /** Its file: the `netns` option of what is tested. */
  readonly path: string
  /** `ip` in the namespace; rejects with its complaint. */
  ip(...args: string[]): Promise<string>
  /** Many `ip` commands in one process; JavaScript stands still meanwhile. */
  ipBatchSync(lines: readonly string[]): void
  /** The command line of a program in the namespace. */
  command(program: string, ...args: string[]): [string, string[]]
  /** Deletes the namespace; harmless when called again. */
  delete(): Promise<void>
}

let namespaceCount = 0

/** A fresh namespace whose lo is up. Needs a world: `node scripts/test.mjs FILE`. */
export async function freshNamespace(): Promise<Namespace> {
  await enterWorld()
  namespaceCount += 1
  const name = `t${namespaceCount}`
  let exists = true
  await mustRun('ip', ['netns', 'add', name])
  await setSysctls(name, QUIET_SYSCTLS)
  await mustRun('ip', ['-n', name, 'link', 'set', 'dev', 'lo', 'up'])
  return {
    name,
    path: namespacePath(name),
    ip: (...args) => mustRun('ip', ['-n', name, ...args]),
    ipBatchSync: (lines) => {
      execaSync('ip', ['-n', name, '-batch', '-'], { input: `${lines.join('\n')}\n`, timeout: BATCH_TIMEOUT_MS })
    },
    command: (program, ...args) => inNamespace(name, program, args),
    async delete() {
      if (!exists) return
      exists = false
      await mustRun('ip', ['netns', 'delete', name])
    },
  }
}
