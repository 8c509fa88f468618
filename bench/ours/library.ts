/** The library as it is shipped: dist/, so that what is measured went through no loader but Node's. */

const dist = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href

export const { openKernel, NetworkError } = (await import(
  dist('kernel/index.js')
)) as typeof import('../../lib/kernel/index.js')

export const { loadAddon } = (await import(
  dist('kernel/load-addon.js')
)) as typeof import('../../lib/kernel/load-addon.js')

/** What a program wants to hear of; the fewer, the fewer notifications the kernel makes. */
export type Follow = 'all' | readonly ('links' | 'addresses' | 'routes' | 'rules')[]

export type Kernel = Awaited<ReturnType<typeof openKernel>>
export type OpenOptions = NonNullable<Parameters<typeof openKernel>[0]>

export function open(follow: Follow, options: OpenOptions = {}): Promise<Kernel> {
  return openKernel({ ...options, ...(follow === 'all' ? {} : { follow }) } as OpenOptions)
}
