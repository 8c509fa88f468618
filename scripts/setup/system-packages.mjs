// What Debian has to supply, each thing known by a program or a header that must exist.

import { existsSync } from 'node:fs'
import { capture, findProgram, run, SetupError, step } from './step.mjs'

/** Debian packages of each purpose; `program` is looked up on the path, `header` below /usr/include, `file` as it stands. */
const GROUPS = {
  build: [
    { program: 'g++', debian: 'g++' },
    { program: 'make', debian: 'make' },
    { program: 'cmake', debian: 'cmake' },
    { program: 'ninja', debian: 'ninja-build' },
    { program: 'python3', debian: 'python3' },
  ],
  lab: [
    { program: 'udhcpc', debian: 'udhcpc' },
    { program: 'udhcpd', debian: 'udhcpd' },
    { program: 'dnsmasq', debian: 'dnsmasq-base' },
    { program: 'ip', debian: 'iproute2' },
    { program: 'ss', debian: 'iproute2' },
    { program: 'ping', debian: 'iputils-ping' },
    { program: 'unshare', debian: 'util-linux' },
    { program: 'nsenter', debian: 'util-linux' },
    { program: 'ps', debian: 'procps' },
    { program: 'busybox', debian: 'busybox' },
    { program: 'setpriv', debian: 'util-linux' },
    { program: 'curl', debian: 'curl' },
    { program: 'python3', debian: 'python3' },
  ],
  'virtual machine': [
    { program: 'qemu-system-x86_64', debian: 'qemu-system-x86' },
    { program: 'depmod', debian: 'kmod' },
    { program: 'cpio', debian: 'cpio' },
    { program: 'xz', debian: 'xz-utils' },
  ],
  radios: [
    { program: 'hostapd', debian: 'hostapd' },
    { program: 'wpa_supplicant', debian: 'wpasupplicant' },
    { program: 'iw', debian: 'iw' },
    { program: 'wg', debian: 'wireguard-tools' },
    { program: 'openssl', debian: 'openssl' },
    { header: '../../lib/firmware/regulatory.db', debian: 'wireless-regdb' },
  ],
  modems: [
    { program: 'pppd', debian: 'ppp' },
    { program: 'chat', debian: 'ppp' },
  ],
  'service manager': [
    { file: '/lib/systemd/systemd', debian: 'systemd' },
    { program: 'systemd-analyze', debian: 'systemd' },
    { program: 'useradd', debian: 'passwd' },
  ],
  prebuilds: [
    { program: 'qemu-arm-static', debian: 'qemu-user-static' },
    { file: '/usr/aarch64-linux-gnu/lib/libc.so.6', debian: 'libc6-arm64-cross' },
    { file: '/usr/aarch64-linux-gnu/lib/libstdc++.so.6', debian: 'libstdc++6-arm64-cross' },
    { file: '/usr/arm-linux-gnueabihf/lib/libc.so.6', debian: 'libc6-armhf-cross' },
    { file: '/usr/arm-linux-gnueabihf/lib/libstdc++.so.6', debian: 'libstdc++6-armhf-cross' },
    { file: '/usr/arm-linux-gnueabihf/lib/libatomic.so.1', debian: 'libatomic1-armhf-cross' },
    { program: 'arm-linux-gnueabihf-objdump', debian: 'binutils-arm-linux-gnueabihf' },
    { program: 'musl-gcc', debian: 'musl-tools' },
  ],
  release: [{ program: 'git', debian: 'git' }],
  terminals: [{ program: 'python3', debian: 'python3' }],
  'bare machine': [{ program: 'debootstrap', debian: 'debootstrap' }],
  recording: [{ program: 'tmux', debian: 'tmux' }],
  bench: [
    { program: 'go', debian: 'golang-go' },
    { file: '/usr/share/gocode/src/github.com/vishvananda/netlink', debian: 'golang-github-vishvananda-netlink-dev' },
    { file: '/usr/lib/python3/dist-packages/pyroute2', debian: 'python3-pyroute2' },
  ],
  check: [
    { program: 'clang++-14', debian: 'clang-14' },
    { file: '/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux', debian: 'libclang-rt-14-dev' },
    { program: 'valgrind', debian: 'valgrind' },
    { header: 'doctest/doctest.h', debian: 'doctest-dev' },
  ],
  'native tests': [{ header: 'doctest/doctest.h', debian: 'doctest-dev' }],
}

function exists(item) {
  if (item.program !== undefined) return findProgram(item.program) !== undefined
  return existsSync(item.file ?? `/usr/include/${item.header}`)
}

/** Names of the Debian packages that the groups need and that are not there. */
export function missingPackages(groups) {
  const missing = groups.flatMap((group) => GROUPS[group]).filter((item) => !exists(item))
  return [...new Set(missing.map((item) => item.debian))]
}

/** Makes sure that the groups are there: installs as root on Debian, else says what to type. */
export async function ensureSystemPackages(groups) {
  const missing = missingPackages(groups)
  if (missing.length === 0) return
  const install = ['install', '-y', '--no-install-recommends', ...missing]
  const command = `apt-get update && apt-get ${install.join(' ')}`
  if (process.getuid() !== 0 || findProgram('apt-get') === undefined) {
    throw new SetupError(`these packages are missing: ${missing.join(', ')}\nAs root on Debian, type:\n  ${command}`)
  }
  await step(`installed ${missing.join(' ')}`, async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    // An unreachable extra source must not stop us: the install below says what is really missing.
    const update = await capture('apt-get', ['-o', 'Acquire::Retries=0', 'update'], { env })
    await run('apt-get', ['-o', 'Acquire::Retries=0', ...install], { env }).catch((error) => {
      throw update.ok ? error : new SetupError(`${error.message}\napt-get update had failed too:\n${update.output}`)
    })
  })
  const still = missingPackages(groups)
  if (still.length > 0) throw new SetupError(`apt-get succeeded, yet these are still missing: ${still.join(', ')}`)
}
