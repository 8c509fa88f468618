/** The seam of serial ports: modems behind USB adapters and UARTs. */

export interface SerialPortRequest {
  /** Path of the device, such as '/dev/ttyUSB2'. */
  readonly path: string
  /** Bits per second; a USB modem takes any. */
  readonly baudRate: number
}

/** Called in turns of their own, never from inside `open`. */
export interface SerialPortListener {
  /** Octets as they came, in order. */
  data(chunk: Uint8Array): void
  /** The port is of no use any more: unplugged, hung up, or unreadable. Told once; not after `close`. */
  closed(reason: string): void
}

/** An open port, 8 data bits, no parity, raw; nobody else can open it through this library. */
export interface SerialPort {
  /** Resolves when the octets are with the kernel. @throws (rejects) NetworkError ERR_NO_SUCH_DEVICE */
  write(octets: Uint8Array): Promise<void>
  /** Resolves when the device is free for others; harmless when called twice. */
  close(): Promise<void>
}

/** A serial port that is there. */
export interface SerialPortInfo {
  /** '/dev/ttyUSB2' */
  readonly path: string
  /** Vendor and product of the USB device behind it, such as '2c7c:0125'; absent where there is none. */
  readonly usbId?: string | undefined
}

export interface SerialPorts {
  /**
   * @throws (rejects) NetworkError ERR_NO_SUCH_DEVICE where there is no such port, ERR_BUSY where another program holds it,
   * ERR_NOT_PERMITTED, ERR_UNSUPPORTED where this process cannot open serial ports at all
   */
  open(request: SerialPortRequest, listener: SerialPortListener): Promise<SerialPort>
  /** Whether there is a device of that path. */
  exists(path: string): Promise<boolean>
  /** The ports of hardware, sorted by path. */
  list(): Promise<readonly SerialPortInfo[]>
}
