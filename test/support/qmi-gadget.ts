/** A modem on the virtual machine's USB, for the kernel's own driver: gadget.py, with a scripted modem behind its control channel. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { mustRun } from './lab/command.js'
import { ScriptedQmiModem } from './scripted-qmi-modem.js'

const GADGET = fileURLToPath(new URL('qmi-gadget/gadget.py', import.meta.url))
/** The link of the mobile network's end. */
const TUN = 'carrier0'
export const NETWORK_ADDRESS = '192.0.2.9'
export const HOST_BEYOND = '203.0.113.1'
const MODULES = ['libcomposite', 'usb_f_fs', 'dummy_hcd', 'qmi_wwan', 'tun']

/** Accepts every connection to a port, and ends it. */
const SERVER = `import socket, sys
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
print('ready', flush=True)
while True: server.accept()[0].close()
`

export class QmiGadget implements AsyncDisposable {
  readonly modem: ScriptedQmiModem
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, modem: ScriptedQmiModem) {
    this.#child = child
    this.modem = modem
  }

  /** Plugs a modem in; its network is the namespace of that name, made by `makeNetwork`. */
  static async plug(namespace: string, modem = new ScriptedQmiModem()): Promise<QmiGadget> {
    const child = spawn('ip', ['netns', 'exec', namespace, 'python3', GADGET, TUN], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout })
    await firstLine(child, lines)
    modem.attach((answer) => void child.stdin.write(`${Buffer.from(answer).toString('hex')}\n`))
    lines.on('line', (line) => modem.receive(Buffer.from(line, 'hex')))
    await mustRun('ip', ['-n', namespace, 'address', 'add', `${NETWORK_ADDRESS}/29`, 'dev', TUN])
    await mustRun('ip', ['-n', namespace, 'link', 'set', 'dev', TUN, 'up'])
    return new QmiGadget(child, modem)
  }

  /** Unplugs it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.stdin?.end()
    await once(this.#child, 'exit')
  }
}

/** The mobile network's namespace, with a host beyond it that accepts connections at port 80. */
export async function makeNetwork(namespace: string): Promise<AsyncDisposable> {
  for (const module of MODULES) await mustRun('modprobe', [module])
  await mustRun('ip', ['netns', 'add', namespace])
  await mustRun('ip', ['-n', namespace, 'link', 'set', 'dev', 'lo', 'up'])
  await mustRun('ip', ['-n', namespace, 'address', 'add', `${HOST_BEYOND}/32`, 'dev', 'lo'])
  const args = ['netns', 'exec', namespace, 'python3', '-c', SERVER, HOST_BEYOND, '80']
  const server = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await firstLine(server, createInterface({ input: server.stdout }))
  return {
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGKILL')
      await once(server, 'exit')
      await mustRun('ip', ['netns', 'delete', namespace])
    },
  }
}

/** Resolves when the program runs; rejects when it has ended instead. */
async function firstLine(child: ChildProcess, lines: Interface): Promise<void> {
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${status}`)
  })
  await Promise.race([once(lines, 'line'), ended])
  ended.catch(() => undefined)
}
