/** What the file store asks of a file system. */

import type { HostFileSystem } from '../base/file-system.js'

export { type DirectoryEntry, type OpenFile, systemErrorCode } from '../base/file-system.js'

export type FileSystem = Pick<HostFileSystem, 'open' | 'mkdir' | 'readdir' | 'rename' | 'unlink'>
