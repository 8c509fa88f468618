/** That the matrix notices: an addon whose engine does not end with its environment must crash in it. */

import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runCommand } from '../support/lab/command.js'
import { skip } from '../support/skip.js'
import { ROOT } from '../support/source-files.js'
import type { Context } from './cells.js'
import { FULL, Stage } from './stage.js'

const BUILD = join(ROOT, 'build-cmake')
const TARGET = 'vintage_net_no_cleanup_hook'
const BROKEN_ADDON = join(BUILD, 'no-cleanup-hook/vintage_net.node')
const BUILD_LIMIT_MS = 600_000
/** It crashes in one of the first few rounds: Node unloads the addon while its thread still runs. */
const ROUNDS = 20

const test = suite<Context>('lifetime: negative control')

const title = 'an addon that ends nothing with its environment crashes when its worker is terminated under load'
if (FULL) {
  test(title, async () => {
    const build = await runCommand('cmake', ['--build', BUILD, '--target', TARGET], { timeout: BUILD_LIMIT_MS })
    assert.is(build.exitCode, 0, build.stderr)
    await using stage = await Stage.create()
    const ending = await stage.rounds('workerTerminated', 'event', { rounds: ROUNDS, addon: BROKEN_ADDON })
    assert.ok(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL'].includes(ending.signal ?? ''), JSON.stringify(ending))
  })
} else {
  skip(test, title, 'only the full check builds that addon')
}

test.run()
