/** A kernel that tells device paths of our choice: links made in a test are all virtual, and have one path. */

import type { Kernel } from '../../lib/kernel/kernel.js'

/** The same kernel, but for the device paths of some links; `paths` is by MAC address, which a new name leaves alone. */
export function withDevicePaths(kernel: Kernel, paths: Readonly<Record<string, string>>): Kernel {
  const hwPath = async (ifname: string): Promise<string> => {
    const mac = kernel.mirror.linkByName(ifname)?.macAddress ?? ''
    return paths[mac] ?? kernel.hwPath(ifname)
  }
  return new Proxy(kernel, {
    get(target, key) {
      if (key === 'hwPath') return hwPath
      const member: unknown = Reflect.get(target, key, target)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}
