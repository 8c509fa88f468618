/** A pseudo-terminal whose far end is a test: a serial port without hardware. */

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const RELAY = fileURLToPath(new URL('pty/relay.py', import.meta.url))

export class Pty implements AsyncDisposable {
  /** What the port is opened by, such as '/dev/pts/3'. */
  readonly path: string
  readonly #relay: ChildProcessByStdio<Writable, Readable, null>

  /** `received` is told what is written to the port. */
  static async open(received: (octets: Uint8Array) => void): Promise<Pty> {
    const relay = spawn('python3', [RELAY], { stdio: ['pipe', 'pipe', 'inherit'] })
    const path = await new Promise<string>((resolve, reject) => {
      let line = ''
      const begin = (chunk: Buffer): void => {
        line += chunk.toString('latin1')
        const end = line.indexOf('\n')
        if (end < 0) return
        relay.stdout.off('data', begin)
        relay.stdout.on('data', received)
        resolve(line.slice(0, end))
      }
      relay.stdout.on('data', begin)
      relay.once('error', reject)
      relay.once('exit', () => reject(new Error('the relay of a pseudo-terminal ended')))
    })
    return new Pty(path, relay)
  }

  private constructor(path: string, relay: ChildProcessByStdio<Writable, Readable, null>) {
    this.path = path
    this.#relay = relay
    // A port that is gone takes nothing more.
    relay.stdin.on('error', () => undefined)
  }

  /** One octet for each character. */
  say(text: string): void {
    this.write(Buffer.from(text, 'latin1'))
  }

  write(octets: Uint8Array): void {
    this.#relay.stdin.write(octets)
  }

  /** The far end goes away, as an unplugged modem does; resolves when it is gone. Harmless when called twice. */
  async hangUp(): Promise<void> {
    if (this.#relay.exitCode !== null) return
    const ended = new Promise((resolve) => this.#relay.once('exit', resolve))
    this.#relay.stdin.end()
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hangUp()
  }
}
