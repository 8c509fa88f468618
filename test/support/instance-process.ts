/**
 * An instance in a process of its own, for tests that kill it or take its rights away. Options come as JSON in the first
 * argument; requests are lines on standard input, answers are lines on standard output, both JSON.
 */

import { createInterface } from 'node:readline'
import { isNetworkError, messageOf } from '../../lib/errors.js'
import { VintageNet, type VintageNetOptions } from '../../lib/index.js'

export type InstanceRequest =
  | { readonly type: 'get'; readonly path: string[] }
  | { readonly type: 'until'; readonly path: string[]; readonly value: unknown }
  | { readonly type: 'configure'; readonly ifname: string; readonly config: unknown }
  | { readonly type: 'apply'; readonly configs: Readonly<Record<string, unknown>>; readonly confirmWithinMs: number }
  | { readonly type: 'stop' }

/** How long the process waits for a property. */
const UNTIL_LIMIT_MS = 20_000

async function answer(net: VintageNet, request: InstanceRequest): Promise<unknown> {
  switch (request.type) {
    case 'get':
      return net.get(request.path) ?? null
    case 'until':
      return net.until(request.path, request.value, { deadlineMs: UNTIL_LIMIT_MS })
    case 'configure':
      return net.configure(request.ifname, request.config)
    case 'apply':
      return (await net.apply(request.configs, { confirmWithinMs: request.confirmWithinMs })).id
    case 'stop':
      return net.stop()
  }
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

function failure(thrown: unknown): object {
  return { error: messageOf(thrown), code: isNetworkError(thrown) ? thrown.code : undefined }
}

try {
  const options = JSON.parse(process.argv[2] ?? '{}') as VintageNetOptions
  const net = await VintageNet.start(options)
  say({ ready: process.pid })
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as InstanceRequest
    say(await answer(net, request).then((value) => ({ value: value ?? null }), failure))
    if (request.type === 'stop') break
  }
} catch (thrown) {
  say(failure(thrown))
  process.exitCode = 1
}
