/** What our pages say of the package, as numbers. */

import * as assert from 'uvu/assert'
import { sourceFiles } from './source-files.js'

/** Bytes of the tarball and of what it holds, in docs/performance.md: `3.6 million` in the second column. */
export function sizesOnPage(): { readonly tarball: number; readonly unpacked: number } {
  return {
    tarball: figure(/^docs\/performance\.md$/, /^\| the tarball \| ([\d.]+) million\b/m) * 1e6,
    unpacked: figure(/^docs\/performance\.md$/, /^\| unpacked \| ([\d.]+) million\b/m) * 1e6,
  }
}

/** How many packages come along, in docs/decisions/0002. */
export function packagesOnPage(): number {
  return figure(/^docs\/decisions\/0002-[a-z-]+\.md$/, /\b(\d+) in all beside ours\b/)
}

function figure(page: RegExp, pattern: RegExp): number {
  const [file] = sourceFiles(page)
  const found = pattern.exec(file?.text ?? '')?.[1]
  assert.ok(found !== undefined, `${page.source} has no ${pattern.source}`)
  return Number(found)
}
