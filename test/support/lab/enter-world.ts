/** Makes the world that the runner started this process in fit for a lab. */

import { copyFileSync, existsSync, readFileSync, readlinkSync } from 'node:fs'
import { mustRun } from './command.js'

/** Name of our mounts in /proc/self/mountinfo, by which a second call sees that there is nothing to do. */
const MOUNT_SOURCE = 'vintage-net-world'

/** Gives the world a fresh /run and /sys and sets its loopback link up; throws outside of a world. Safe to repeat. */
export async function enterWorld(): Promise<void> {
  const outer = process.env['VINTAGE_NET_OUTER_NETNS']
  if (outer === undefined || outer === readlinkSync('/proc/self/ns/net')) {
    throw new Error('this test needs a world of its own: run it by `node scripts/test.mjs FILE`')
  }
  if (readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${MOUNT_SOURCE} `)) return
  await mustRun('mount', ['-t', 'tmpfs', MOUNT_SOURCE, '/run'])
  // In the virtual machine files share the network namespace that the radios are in, so its /sys is the right one.
  if (process.env['VINTAGE_NET_VM'] === undefined) await mustRun('mount', ['-t', 'sysfs', MOUNT_SOURCE, '/sys'])
  await keepResolvConf()
  await mustRun('ip', ['link', 'set', 'dev', 'lo', 'up'])
}

/** An instance whose options name no other file would write the machine's own: here it meets a copy, which cannot be replaced. */
async function keepResolvConf(): Promise<void> {
  const path = '/etc/resolv.conf'
  // Where it is a link into /run, that is ours already.
  if (!existsSync(path)) return
  const copy = '/run/resolv.conf.of-the-machine'
  copyFileSync(path, copy)
  await mustRun('mount', ['--bind', copy, path])
}
