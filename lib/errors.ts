/** Every error of this library: one class, one register of codes. docs/errors.md explains each. */

/** All error codes, with the one-line meaning that docs/errors.md repeats. */
export const ERROR_CODES = {
  ERR_INVALID_CONFIG: 'a configuration or an argument is not what was expected; `field` names it',
  ERR_UNKNOWN_TYPE: 'the configuration names a technology that is not registered',
  ERR_INVALID_INTERFACE_NAME: 'not a name that Linux accepts for an interface',
  ERR_NAME_NOT_PREDICTABLE: 'the interface name depends on the order of discovery and `ifnames` forbids it',
  ERR_NO_SUCH_INTERFACE: 'the kernel has no link of that name or index',
  ERR_NO_SUCH_DEVICE: 'there is no device of that path, or it went away',
  ERR_NO_CONFIGURATION: 'the interface has no configuration',
  ERR_NOT_CONFIGURED: 'the interface is not in the state `configured`',
  ERR_UNSUPPORTED: 'the technology, the kernel or this version cannot do it',
  ERR_NOT_PERMITTED: 'the process lacks a right, usually CAP_NET_ADMIN or CAP_NET_RAW',
  ERR_KERNEL_REFUSED: 'the kernel refused a command; `errno` and the text say why',
  ERR_PROGRAM_MISSING: 'a program was not found on the path',
  ERR_PROGRAM_FAILED: 'a program ended with a status other than 0 or was killed',
  ERR_PERSISTENCE: 'a configuration could not be written, read or removed',
  ERR_SAVED_CONFIG_CORRUPT: 'a saved configuration is truncated, of an unknown version or not readable',
  ERR_DECRYPTION_FAILED: 'a saved configuration was written with another secret or was changed',
  ERR_NAME_NOT_RESOLVED: 'a host name could not be resolved through the interface',
  ERR_TIMEOUT: 'a deadline passed',
  ERR_CANCELLED: 'the operation was cancelled',
  ERR_SUPPLICANT_REFUSED: 'wpa_supplicant refused a command; the text says which, and what it answered',
  ERR_MODEM_REFUSED: 'a modem refused what it was asked; the text says what, and the error that it gave',
  ERR_IOCTL_FAILED: 'a technology threw while it served an ioctl; `cause` is what it threw',
  ERR_STOPPED: 'the instance, kernel or actor has been stopped',
  ERR_OVERFLOW: 'a bounded queue was full; its reader was too slow',
  ERR_BUSY: 'something that excludes this operation is going on',
  ERR_ALREADY_RUNNING: 'another instance runs in this network namespace; the text names its pid',
  ERR_ABI: 'the native addon is missing or of another version than the library',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/** What an error carries besides its code and message. */
export interface NetworkErrorDetails {
  /** Path of the offending field, such as `ipv4.prefixLength`. */
  readonly field?: string | undefined
  readonly ifname?: string | undefined
  /** Positive errno of the kernel, such as 17 for EEXIST. */
  readonly errno?: number | undefined
  /** What was being done, such as `addRoute`. */
  readonly operation?: string | undefined
  readonly cause?: unknown
}

/** The one error class of this library. */
export class NetworkError extends Error {
  readonly code: ErrorCode
  readonly field?: string
  readonly ifname?: string
  readonly errno?: number
  readonly operation?: string

  constructor(code: ErrorCode, message: string, details: NetworkErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'NetworkError'
    this.code = code
    if (details.field !== undefined) this.field = details.field
    if (details.ifname !== undefined) this.ifname = details.ifname
    if (details.errno !== undefined) this.errno = details.errno
    if (details.operation !== undefined) this.operation = details.operation
  }
}

/** True for an error of this library, optionally of one code. */
export function isNetworkError(value: unknown, code?: ErrorCode): value is NetworkError {
  return value instanceof NetworkError && (code === undefined || value.code === code)
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
