// What the virtual machine needs: packages, QEMU, a kernel. Where it cannot be had, why.

import { join } from 'node:path'
import { capture, ROOT, SetupError } from '../setup/step.mjs'
import { ensureSystemPackages } from '../setup/system-packages.mjs'

/** The script that runs a command in the machine. */
export const RUN_IN_VM = join(ROOT, 'test', 'vm', 'run-in-vm.sh')

/** Undefined when the machine can be started, else the reason why this computer cannot. */
export async function reasonAgainstVm() {
  // The machine runs the programs of this computer's own file system.
  if (process.arch !== 'x64') return `the machine is an x86-64 one, this computer is ${process.arch}`
  try {
    await ensureSystemPackages(['virtual machine', 'radios', 'modems', 'terminals'])
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return error.message.split('\n')[0]
  }
  const qemu = await capture('qemu-system-x86_64', ['--version'])
  if (!qemu.ok) return `qemu-system-x86_64 does not run: ${lastLine(qemu.output)}`
  const kernel = await capture('bash', [RUN_IN_VM, '--prepare'])
  return kernel.ok ? undefined : `there is no kernel for it: ${lastLine(kernel.output)}`
}

function lastLine(output) {
  return output.trimEnd().split('\n').at(-1)
}
