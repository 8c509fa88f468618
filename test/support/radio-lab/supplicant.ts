/** A wpa_supplicant started by hand: the other end of what the library does, and what it is compared with. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../eventually.js'
import { mustRun } from '../lab/command.js'
import { Daemon } from '../lab/daemon.js'

export interface SupplicantOptions {
  readonly namespace: string
  readonly ifname: string
  /** The lines of its configuration file but for `ctrl_interface`. */
  readonly config: string
  /** Where its files may stand. */
  readonly folder: string
  readonly onFailure: (error: Error) => void
}

/** Joining takes 1 to 10 s in an emulated machine. */
const JOIN_DEADLINE_MS = 30_000

/** One running wpa_supplicant. */
export class Supplicant {
  readonly #options: SupplicantOptions
  readonly #daemon: Daemon

  /** Starts it; resolves when it has taken its link. */
  static async start(options: SupplicantOptions): Promise<Supplicant> {
    const { namespace, ifname, folder, config, onFailure } = options
    const file = join(folder, `supplicant-${ifname}.conf`)
    await writeFile(file, `ctrl_interface=${join(folder, 'supplicant')}\n${config}\n`, { mode: 0o600 })
    const daemon = await Daemon.start({
      title: `wpa_supplicant on ${ifname}`,
      namespace,
      program: 'wpa_supplicant',
      args: ['-t', '-i', ifname, '-D', 'nl80211', '-c', file],
      ready: /Successfully initialized wpa_supplicant/,
      onFailure,
    })
    return new Supplicant(options, daemon)
  }

  private constructor(options: SupplicantOptions, daemon: Daemon) {
    this.#options = options
    this.#daemon = daemon
  }

  get log(): readonly string[] {
    return this.#daemon.log
  }

  /** One request on its control socket; resolves with the answer. */
  async request(...words: readonly string[]): Promise<string> {
    const { folder, ifname } = this.#options
    return (await mustRun('wpa_cli', ['-p', join(folder, 'supplicant'), '-i', ifname, ...words])).trim()
  }

  /** What it says of itself, by name. */
  async status(): Promise<Readonly<Record<string, string>>> {
    const lines = (await this.request('status')).split('\n').map((line) => line.split('='))
    return Object.fromEntries(lines.map(([name = '', ...rest]) => [name, rest.join('=')]))
  }

  /** Resolves when it has joined (`count` times altogether), or with mode 2 serves. */
  async joined({ count = 1 }: { readonly count?: number } = {}): Promise<void> {
    await this.#daemon.waitForLog(/CTRL-EVENT-CONNECTED|AP-ENABLED/, { count, deadlineMs: JOIN_DEADLINE_MS })
  }

  /** Resolves when its log has such a line. */
  async waitForLog(
    pattern: RegExp,
    options?: { readonly count?: number; readonly deadlineMs?: number },
  ): Promise<void> {
    await this.#daemon.waitForLog(pattern, { deadlineMs: JOIN_DEADLINE_MS, ...options })
  }

  /** Takes a lease by udhcpc, sets its address and resolves with it. */
  async lease(): Promise<string> {
    const { namespace, ifname } = this.#options
    const script = ['test "$1" != deconfig || exit 0', 'echo "$ip"', `exec ip addr replace "$ip/24" dev ${ifname}`]
    const file = join(this.#options.folder, `lease-${ifname}.sh`)
    await writeFile(file, `#!/bin/sh\n${script.join('\n')}\n`, { mode: 0o755 })
    const args = ['-i', ifname, '-n', '-q', '-f', '-t', '10', '-T', '1', '-s', file]
    return eventually(
      'a lease',
      async () => {
        const said = await mustRun('nsenter', [`--net=/run/netns/${namespace}`, 'udhcpc', ...args])
        return /^(\d+\.\d+\.\d+\.\d+)$/m.exec(said)?.[1]
      },
      { deadlineMs: JOIN_DEADLINE_MS },
    )
  }

  /** Ends it; safe to repeat. */
  async stop(): Promise<void> {
    await this.#daemon.stop()
  }
}
