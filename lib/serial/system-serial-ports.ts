/** Serial ports of this machine. The optional package that opens them is loaded when the first one is. */

import { read, stat } from 'node:fs'
import { access, readdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { isMainThread } from 'node:worker_threads'
import type { LinuxPortBinding } from '@serialport/bindings-cpp'
import { messageOf, NetworkError } from '../errors.js'
import type { SerialPort, SerialPortInfo, SerialPortListener, SerialPortRequest, SerialPorts } from './serial-ports.js'

/** An answer to a command is some hundred octets. */
const READ_BYTES = 4_096
const TTY_FOLDER = '/sys/class/tty'
/** The device of a tty lies some levels below the USB device: interface, function, port. */
const MAX_PARENT_COUNT = 5

const readAt = promisify(read)
const statOf = promisify(stat)

export const systemSerialPorts: SerialPorts = { open, exists, list }

async function open({ path, baudRate }: SerialPortRequest, listener: SerialPortListener): Promise<SerialPort> {
  // The package waits on the main thread's loop, whichever thread it runs in.
  if (!isMainThread) throw failure('ERR_UNSUPPORTED', path, 'serial ports can be opened in the main thread only')
  if (!(await exists(path))) throw failure('ERR_NO_SUCH_DEVICE', path, 'there is no such device')
  const { LinuxBinding } = await bindings(path)
  try {
    return new OpenPort(await LinuxBinding.open({ path, baudRate, hupcl: true }), path, listener)
  } catch (thrown) {
    throw openFailure(path, thrown)
  }
}

async function bindings(path: string) {
  try {
    return await import('@serialport/bindings-cpp')
  } catch (thrown) {
    const text = 'the optional package @serialport/bindings-cpp cannot be loaded'
    throw failure('ERR_UNSUPPORTED', path, `${text}: ${messageOf(thrown)}`, thrown)
  }
}

/** The package tells what went wrong in words only, those of strerror(3). */
function openFailure(path: string, thrown: unknown): NetworkError {
  const text = messageOf(thrown)
  if (/Cannot lock port|resource busy/i.test(text)) {
    return failure('ERR_BUSY', path, 'another program holds the device', thrown)
  }
  if (/permission|not permitted/i.test(text)) return failure('ERR_NOT_PERMITTED', path, 'may not be opened', thrown)
  if (/No such/i.test(text)) return failure('ERR_NO_SUCH_DEVICE', path, 'there is no such device', thrown)
  return failure('ERR_UNSUPPORTED', path, `cannot be opened as a serial port: ${text}`, thrown)
}

type FailureCode = 'ERR_BUSY' | 'ERR_NOT_PERMITTED' | 'ERR_NO_SUCH_DEVICE' | 'ERR_UNSUPPORTED'

function failure(code: FailureCode, path: string, text: string, cause?: unknown): NetworkError {
  return new NetworkError(code, `${path}: ${text}`, { operation: 'open', ...(cause === undefined ? {} : { cause }) })
}

class OpenPort implements SerialPort {
  readonly #binding: LinuxPortBinding
  readonly #path: string
  readonly #listener: SerialPortListener
  #over = false

  constructor(binding: LinuxPortBinding, path: string, listener: SerialPortListener) {
    this.#binding = binding
    this.#path = path
    this.#listener = listener
    void this.#read()
  }

  async write(octets: Uint8Array): Promise<void> {
    if (this.#over) throw failure('ERR_NO_SUCH_DEVICE', this.#path, 'is closed')
    try {
      await this.#binding.write(Buffer.from(octets))
    } catch (thrown) {
      throw failure('ERR_NO_SUCH_DEVICE', this.#path, `cannot be written to: ${messageOf(thrown)}`, thrown)
    }
  }

  async close(): Promise<void> {
    if (this.#over) return
    this.#over = true
    await this.#binding.close().catch(() => undefined)
  }

  async #read(): Promise<void> {
    const buffer = Buffer.alloc(READ_BYTES)
    // Behind the turn that opened the port, so that whoever did has it before its first octets.
    await new Promise((resolve) => setImmediate(resolve))
    while (!this.#over) {
      const got = await this.#readOnce(buffer)
      if (this.#over) return
      if (typeof got === 'string') return this.#fail(got)
      if (got > 0) this.#listener.data(new Uint8Array(buffer.subarray(0, got)))
      else await this.#readable()
    }
  }

  /** How many octets were there; 0: none yet; a text: the port is of no use any more. */
  async #readOnce(buffer: Buffer): Promise<number | string> {
    const { fd } = this.#binding
    if (fd === null) return 'is closed'
    try {
      const { bytesRead } = await readAt(fd, buffer, 0, READ_BYTES, null)
      // A tty that waits for octets says EAGAIN; one whose device is gone reads as ended (hung_up_tty_read).
      return bytesRead > 0 ? bytesRead : 'the device is gone'
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code
      if (code === 'EAGAIN' || code === 'EINTR') return 0
      return code === 'EIO' || code === 'ENXIO' || code === 'EBADF' ? 'the device is gone' : messageOf(thrown)
    }
  }

  /** Also where the wait is broken off: the next read says why. */
  #readable(): Promise<void> {
    return new Promise((resolve) => this.#binding.poller.once('readable', () => resolve()))
  }

  #fail(reason: string): void {
    void this.close()
    this.#listener.closed(`${this.#path}: ${reason}`)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await statOf(path)).isCharacterDevice()
  } catch {
    return false
  }
}

/** Those with a device: the rest are consoles and terminals. */
async function list(): Promise<readonly SerialPortInfo[]> {
  const names = await readdir(TTY_FOLDER).catch((): string[] => [])
  const infos = await Promise.all(names.sort().map((name) => infoOf(name)))
  return infos.flatMap((info) => info ?? [])
}

async function infoOf(name: string): Promise<SerialPortInfo | undefined> {
  try {
    const device = await realpath(join(TTY_FOLDER, name, 'device'))
    await access(join('/dev', name))
    return { path: `/dev/${name}`, usbId: await usbIdOf(device) }
  } catch {
    return undefined
  }
}

async function usbIdOf(device: string): Promise<string | undefined> {
  let folder = device
  for (let level = 0; level < MAX_PARENT_COUNT; level += 1) {
    const id = await Promise.all([attribute(folder, 'idVendor'), attribute(folder, 'idProduct')])
    if (id.every((part) => part !== undefined)) return id.join(':')
    folder = dirname(folder)
  }
  return undefined
}

async function attribute(folder: string, name: string): Promise<string | undefined> {
  return await readFile(join(folder, name), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
}
