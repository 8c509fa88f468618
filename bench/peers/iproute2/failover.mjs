// The peer that most programs are: reads `ip monitor`, and spawns `ip` for each change. Plain Node, no library.
// Runs inside the host's namespace. Prints `ready`, then one line for each failover: the time at which `ip` had ended.
// Arguments: the link that is watched, then the arguments of the `ip` that installs the other route.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const [watched, ...command] = process.argv.slice(2)
const monitor = spawn('ip', ['-oneline', 'monitor', 'link'], { stdio: ['ignore', 'pipe', 'inherit'] })
let carrier = true

createInterface({ input: monitor.stdout }).on('line', (line) => {
  if (!line.includes(` ${watched}@`) && !line.includes(` ${watched}:`)) return
  const hasCarrier = line.includes('LOWER_UP')
  if (carrier && !hasCarrier) {
    const ip = spawn('ip', command, { stdio: ['ignore', 'ignore', 'inherit'] })
    ip.on('exit', (status) => process.stdout.write(`${process.hrtime.bigint()} ${status}\n`))
  }
  carrier = hasCarrier
})
monitor.on('spawn', () => process.stdout.write('ready\n'))
process.stdin.on('end', () => monitor.kill())
process.stdin.resume()
