/** What the file store asks of a file system: the part of node:fs/promises that it uses, so that tests can break it. */

export interface OpenFile {
  writeFile(bytes: Uint8Array): Promise<void>
  readFile(): Promise<Uint8Array>
  stat(): Promise<{ readonly size: number }>
  /** fsync(2). */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface DirectoryEntry {
  readonly name: string
  isFile(): boolean
}

export interface FileSystem {
  open(path: string, flags: string, mode?: number): Promise<OpenFile>
  /** Resolves with the first directory that had to be made. */
  mkdir(path: string, options: { readonly recursive: true; readonly mode: number }): Promise<string | undefined>
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<DirectoryEntry[]>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
}

/** The code of a failed system call, such as `ENOSPC`. */
export function systemErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}
