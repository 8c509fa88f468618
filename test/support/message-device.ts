/** A device that speaks in messages, played by another process: a seqpacket socket, which Node itself cannot make. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Each message is a line of hexadecimal digits. One opener at a time, as with a device that is locked. */
const PROGRAM = `import os, select, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.bind(sys.argv[1])
server.listen(1)
print('ready', flush=True)
opener = None
pending = b''
while True:
    ready, _, _ = select.select([0, server] + ([opener] if opener else []), [], [])
    if server in ready:
        taken, _ = server.accept()
        if opener: taken.close()
        else: opener = taken
    if opener and opener in ready:
        data = opener.recv(65536)
        if data: print(data.hex(), flush=True)
        else:
            opener.close()
            opener = None
    if 0 in ready:
        more = os.read(0, 65536)
        if not more: break
        *lines, pending = (pending + more).split(b'\\n')
        for line in lines:
            if opener: opener.send(bytes.fromhex(line.decode()))
os.unlink(sys.argv[1])
`

export class MessageDevice implements AsyncDisposable {
  readonly #child: ChildProcess
  /** Called with each message that the opener sends. */
  onMessage: (bytes: Uint8Array) => void = () => undefined

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves when the device is at its path. */
  static async plug(path: string): Promise<MessageDevice> {
    const child = spawn('python3', ['-c', PROGRAM, path], { stdio: ['pipe', 'pipe', 'inherit'] })
    const device = new MessageDevice(child)
    const lines = createInterface({ input: child.stdout })
    await once(lines, 'line')
    lines.on('line', (line) => device.onMessage(Buffer.from(line, 'hex')))
    return device
  }

  send(bytes: Uint8Array): void {
    this.#child.stdin?.write(`${Buffer.from(bytes).toString('hex')}\n`)
  }

  /** It is gone, with whoever had it open. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.stdin?.end()
    await once(this.#child, 'exit')
  }
}
