/** Writes attributes of drivers, files below /sys, on behalf of a technology. */

import { type HostFileSystem, systemErrorCode } from '../base/file-system.js'
import { messageOf, NetworkError } from '../errors.js'

/** Below /sys, and no way out of it again. */
const ATTRIBUTE_PATH = /^\/sys\/(?!(?:.*\/)?\.\.(?:\/|$))[^\0]+$/

export interface Attribute {
  readonly path: string
  readonly text: string
}

/** The file must exist: nothing is made. @throws NetworkError ERR_INVALID_CONFIG, ERR_NOT_PERMITTED, ERR_KERNEL_REFUSED */
export async function writeAttribute(
  fs: Pick<HostFileSystem, 'writeFile'>,
  ifname: string,
  { path, text }: Attribute,
): Promise<void> {
  const operation = 'writeAttribute'
  if (!ATTRIBUTE_PATH.test(path)) {
    const message = `${ifname}: ${JSON.stringify(path)} is no attribute of a driver, expected a path below /sys`
    throw new NetworkError('ERR_INVALID_CONFIG', message, { ifname, operation, field: 'path' })
  }
  try {
    await fs.writeFile(path, text, { flag: 'r+', mode: 0o644 })
  } catch (cause) {
    const denied = ['EACCES', 'EPERM', 'EROFS'].includes(systemErrorCode(cause) ?? '')
    const code = denied ? 'ERR_NOT_PERMITTED' : 'ERR_KERNEL_REFUSED'
    throw new NetworkError(code, `${ifname}: writing ${path}: ${messageOf(cause)}`, { ifname, operation, cause })
  }
}
