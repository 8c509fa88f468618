/** A tree by path segments: finds by path, by pattern, and the patterns that cover a path, without looking at the rest. */

import { ANY_SEGMENT, type Path, type Pattern } from './path.js'

interface Node<Value> {
  value: Value | undefined
  /** Made with the first child: most nodes are leaves. */
  children: Map<string, Node<Value>> | undefined
}

/** Values under paths; kept under patterns instead, it answers which of them cover a path. */
export class PathTree<Value extends object> {
  readonly #root: Node<Value> = { value: undefined, children: undefined }

  get(path: Path): Value | undefined {
    let node: Node<Value> | undefined = this.#root
    for (const segment of path) {
      node = node.children?.get(segment)
      if (node === undefined) return undefined
    }
    return node.value
  }

  set(path: Path, value: Value): void {
    let node = this.#root
    for (const segment of path) {
      node.children ??= new Map()
      let child = node.children.get(segment)
      if (child === undefined) {
        child = { value: undefined, children: undefined }
        node.children.set(segment, child)
      }
      node = child
    }
    node.value = value
  }

  /** Removes a value, and the branches that it leaves empty. */
  delete(path: Path): void {
    remove(this.#root, path, 0)
  }

  /** The values whose path matches `pattern` exactly or, with `below`, matches it or lies below such a path; unsorted. */
  select(pattern: Pattern, reach: 'exact' | 'below'): Value[] {
    const found: Value[] = []
    collect({ node: this.#root, pattern, reach, found }, 0)
    return found
  }

  /** The reverse of `select` with `below`: of values kept under patterns, those whose pattern covers `path`; unsorted. */
  covering(path: Path): Value[] {
    const found: Value[] = []
    cover({ node: this.#root, path, found }, 0)
    return found
  }
}

/** Returns true when the node is empty afterwards. */
function remove<Value>(node: Node<Value>, path: Path, depth: number): boolean {
  const segment = path[depth]
  if (segment === undefined) {
    node.value = undefined
  } else {
    const child = node.children?.get(segment)
    if (child !== undefined && remove(child, path, depth + 1)) {
      node.children?.delete(segment)
      if (node.children?.size === 0) node.children = undefined
    }
  }
  return node.value === undefined && node.children === undefined
}

interface Collection<Value> {
  readonly node: Node<Value>
  readonly pattern: Pattern
  readonly reach: 'exact' | 'below'
  readonly found: Value[]
}

function collect<Value>(collection: Collection<Value>, depth: number): void {
  const { node, pattern, reach, found } = collection
  const segment = pattern[depth]
  const atEnd = segment === undefined
  if (atEnd && node.value !== undefined) found.push(node.value)
  if (node.children === undefined || (atEnd && reach === 'exact')) return
  if (atEnd || segment === ANY_SEGMENT) {
    for (const child of node.children.values()) collect({ ...collection, node: child }, depth + 1)
    return
  }
  const child = node.children.get(segment)
  if (child !== undefined) collect({ ...collection, node: child }, depth + 1)
}

interface Covering<Value> {
  readonly node: Node<Value>
  readonly path: Path
  readonly found: Value[]
}

function cover<Value>({ node, path, found }: Covering<Value>, depth: number): void {
  if (node.value !== undefined) found.push(node.value)
  const segment = path[depth]
  if (segment === undefined || node.children === undefined) return
  const named = node.children.get(segment)
  if (named !== undefined) cover({ node: named, path, found }, depth + 1)
  const any = node.children.get(ANY_SEGMENT)
  if (any !== undefined) cover({ node: any, path, found }, depth + 1)
}
