/** For a process without CAP_NET_ADMIN: sends commands and prints what became of each. */

import type { KernelCommand } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'

/** Sends the commands, which are JSON, in the namespace of this process; prints code and errno of each, as JSON. */
export async function printResults(json: string): Promise<void> {
  const kernel = await openKernel()
  const results = await kernel.send(JSON.parse(json) as KernelCommand[])
  await kernel.close()
  const told = results.map((result) =>
    result === 'done' ? { code: result } : { code: result.code, errno: result.errno },
  )
  process.stdout.write(JSON.stringify(told))
}
