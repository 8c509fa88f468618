/** A program for a process without CAP_NET_ADMIN: sends the commands of its argument, prints what became of each. */

import type { KernelCommand } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'

async function main(): Promise<void> {
  const commands = JSON.parse(process.argv[2] ?? '[]') as KernelCommand[]
  const kernel = await openKernel()
  const results = await kernel.send(commands)
  await kernel.close()
  const told = results.map((result) =>
    result === 'done' ? { code: result } : { code: result.code, errno: result.errno },
  )
  process.stdout.write(JSON.stringify(told))
}

await main()
