/** What the library asks of a file system: the part of node:fs/promises that it uses, so that tests can break it. */

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

/** The seam for all files of an instance: configurations, ledger, resolv.conf, generated files. */
export interface HostFileSystem {
  open(path: string, flags: string, mode?: number): Promise<OpenFile>
  /** Resolves with the first directory that had to be made. */
  mkdir(
    path: string,
    options: { readonly recursive: true; readonly mode?: number | undefined },
  ): Promise<string | undefined>
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<DirectoryEntry[]>
  readFile(path: string, encoding: 'utf8' | 'latin1'): Promise<string>
  writeFile(
    path: string,
    text: string,
    options: { readonly flag?: string | undefined; readonly mode: number },
  ): Promise<void>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  rm(path: string, options: { readonly force: true }): Promise<void>
  chmod(path: string, mode: number): Promise<void>
  lstat(path: string): Promise<{ isSymbolicLink(): boolean }>
  stat(path: string): Promise<{ readonly ino: number }>
  readlink(path: string): Promise<string>
  realpath(path: string): Promise<string>
}

/** The code of a failed system call, such as `ENOSPC`. */
export function systemErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}
