/** A name server behind a link: dnsmasq that knows what the test tells it, and nobody else. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Daemon } from './daemon.js'

export interface NameServerOptions {
  readonly namespace: string
  /** The address that it listens on. */
  readonly address: string
  readonly ttlSeconds: number
  /** Addresses by name. */
  readonly hosts: Readonly<Record<string, string>>
  /** Where its file may stand. */
  readonly folder: string
  readonly onFailure: (error: Error) => void
}

export class NameServer implements AsyncDisposable {
  readonly #daemon: Daemon
  readonly #hostsFile: string

  static async start(options: NameServerOptions): Promise<NameServer> {
    const { namespace, address, ttlSeconds, folder, onFailure } = options
    const hostsFile = join(folder, `hosts-${namespace}`)
    await writeFile(hostsFile, hostLines(options.hosts))
    const args = ['--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', `--addn-hosts=${hostsFile}`]
    args.push(`--listen-address=${address}`, '--bind-interfaces', `--local-ttl=${ttlSeconds}`, '--log-queries')
    const title = `name server of ${namespace}`
    const daemon = await Daemon.start({ title, namespace, program: 'dnsmasq', args, ready: /read .*hosts/, onFailure })
    return new NameServer(daemon, hostsFile)
  }

  private constructor(daemon: Daemon, hostsFile: string) {
    this.#daemon = daemon
    this.#hostsFile = hostsFile
  }

  /** What it knows from now on; resolves when it has read it. */
  async setHosts(hosts: Readonly<Record<string, string>>): Promise<void> {
    await writeFile(this.#hostsFile, hostLines(hosts))
    const count = this.#daemon.log.filter((line) => /read .*hosts/.test(line)).length + 1
    this.#daemon.kill('SIGHUP')
    await this.#daemon.waitForLog(/read .*hosts/, { count })
  }

  /** Resolves when it has answered so many times with this address. */
  async answered(address: string, { count = 1, deadlineMs = 20_000 } = {}): Promise<void> {
    await this.#daemon.waitForLog(new RegExp(` is ${address.replaceAll('.', '\\.')}$`), { count, deadlineMs })
  }

  /** The questions that it was asked, such as `query[A] check.example.com from 192.0.2.2`. */
  get questions(): readonly string[] {
    return this.#daemon.log.flatMap((line) => /query\[.*$/.exec(line)?.[0] ?? [])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.stop()
  }
}

function hostLines(hosts: Readonly<Record<string, string>>): string {
  return Object.entries(hosts)
    .map(([name, address]) => `${address} ${name}\n`)
    .join('')
}
