// The platforms that a ready-made addon is built for. A file's name follows prebuildify: linux-ARCH/vintage-net.LIBC.node.

import { join } from 'node:path'

/** The oldest glibc that the files run with: that of 2012, older than what any Node of ours needs. */
export const OLDEST_GLIBC = '2.17'

/** An ARM1176, as in the Raspberry Pi 1 and Zero: ARMv6 with VFPv2. Its code runs on every later 32-bit ARM with hardware floating point. */
const ARMV6 = 'arm1176jzf_s'

/** `target` and `cpu` are zig's words, `arch` is Node's, `machine` is readelf's. */
export const PLATFORMS = [
  {
    name: 'x64-glibc',
    arch: 'x64',
    libc: 'glibc',
    target: `x86_64-linux-gnu.${OLDEST_GLIBC}`,
    machine: 'Advanced Micro Devices X86-64',
  },
  {
    name: 'arm64-glibc',
    arch: 'arm64',
    libc: 'glibc',
    target: `aarch64-linux-gnu.${OLDEST_GLIBC}`,
    machine: 'AArch64',
  },
  {
    name: 'arm-glibc',
    arch: 'arm',
    libc: 'glibc',
    target: `arm-linux-gnueabihf.${OLDEST_GLIBC}`,
    cpu: ARMV6,
    machine: 'ARM',
  },
  {
    name: 'x64-musl',
    arch: 'x64',
    libc: 'musl',
    target: 'x86_64-linux-musl',
    machine: 'Advanced Micro Devices X86-64',
  },
  { name: 'arm64-musl', arch: 'arm64', libc: 'musl', target: 'aarch64-linux-musl', machine: 'AArch64' },
  { name: 'arm-musl', arch: 'arm', libc: 'musl', target: 'arm-linux-musleabihf', cpu: ARMV6, machine: 'ARM' },
]

/** Where a platform's file lies below the folder prebuilds/. */
export function fileOf({ arch, libc }) {
  return join(`linux-${arch}`, `vintage-net.${libc}.node`)
}
