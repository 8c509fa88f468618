/** Files that a person has written: read whole, and refused where they are something else. */

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { messageOf } from '../../errors.js'

const MAX_FILE_BYTES = 1_048_576

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a directory',
}

/** @throws Error whose text begins with the path */
export async function readSmallFile(path: string): Promise<string> {
  try {
    // A pipe that nobody writes to would hold us in open(2), beyond the reach of any signal.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const info = await file.stat()
      if (info.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' })
      if (!info.isFile()) throw new Error('it is no file')
      if (info.size > MAX_FILE_BYTES) throw new Error(`it is larger than ${MAX_FILE_BYTES} bytes`)
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    const reason = code === undefined ? undefined : REASONS[code]
    throw new Error(`${path}: ${reason ?? messageOf(thrown)}${reason === undefined ? '' : ` (${code})`}`)
  }
}
