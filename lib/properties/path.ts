/** Paths name properties and patterns select them; both are lists of segments. */

import { NetworkError } from '../errors.js'

/** The name of a property, such as `['interface', 'eth0', 'connection']`. */
export type Path = readonly string[]

/** A path in which `'*'` stands for exactly one segment of any text. */
export type Pattern = readonly string[]

/** The segment of a pattern that stands for any one segment. */
export const ANY_SEGMENT = '*'

/** Ours have at most five; the bound keeps walks of the tree, which recurse, off the end of the stack. */
const MAX_SEGMENTS_COUNT = 32

/** @throws NetworkError `ERR_INVALID_CONFIG` unless `path` is a list of strings without `'*'`. */
export function checkPath(path: unknown): asserts path is Path {
  checkSegments(path, 'path')
  if (path.includes(ANY_SEGMENT)) throw wrong('path', 'a path has no "*": that is for patterns')
}

/** @throws NetworkError `ERR_INVALID_CONFIG` unless `pattern` is a list of strings. */
export function checkPattern(pattern: unknown): asserts pattern is Pattern {
  checkSegments(pattern, 'pattern')
}

/** One text for one path, for use as a key: different paths have different keys, whatever their segments contain. */
export function pathKey(path: Path): string {
  return JSON.stringify(path)
}

/** The path as people read it. */
export function pathText(path: Path): string {
  return path.join('/')
}

/** Orders paths segment by segment, by code unit; a path stands before those below it. */
export function comparePaths(a: Path, b: Path): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index += 1) {
    const left = a[index] ?? ''
    const right = b[index] ?? ''
    if (left !== right) return left < right ? -1 : 1
  }
  return a.length - b.length
}

function checkSegments(segments: unknown, field: string): asserts segments is readonly string[] {
  if (!Array.isArray(segments)) throw wrong(field, `a ${field} is a list of strings`)
  if (segments.length > MAX_SEGMENTS_COUNT) throw wrong(field, `a ${field} has at most ${MAX_SEGMENTS_COUNT} segments`)
  // By index, because iteration methods skip the holes of a sparse array.
  for (let index = 0; index < segments.length; index += 1) {
    const segment: unknown = segments[index]
    if (typeof segment !== 'string') {
      throw wrong(field, `a ${field} is a list of strings; segment ${index} is of type ${typeof segment}`)
    }
  }
}

function wrong(field: string, message: string): NetworkError {
  return new NetworkError('ERR_INVALID_CONFIG', message, { field })
}
