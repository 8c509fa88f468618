/** The files of the project as a checkout holds them, found without git. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root folder of the project. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What .gitignore names: made, not written. */
const IGNORED_FOLDERS = /^(\.git|node_modules|dist|build|build-.*|\.cache)$/
const IGNORED_FILES = /\.(tgz|log|node)$/

/** A file of the project: path relative to the root, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

function walk(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return IGNORED_FOLDERS.test(entry.name) ? [] : walk(path)
    return entry.isFile() && !IGNORED_FILES.test(entry.name) ? [path] : []
  })
}

/** Paths of all files of the project, relative to the root, sorted. */
export function sourcePaths(): readonly string[] {
  return walk('').sort()
}

/** The files whose path matches, with their text. */
export function sourceFiles(pattern: RegExp): readonly SourceFile[] {
  const paths = sourcePaths().filter((path) => pattern.test(path))
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}
