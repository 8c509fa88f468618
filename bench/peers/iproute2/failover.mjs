// failover WATCHED GATEWAY OTHER OTHER_GATEWAY METRIC: what most programs are: reads `ip monitor`, and spawns
// `ip route replace` when the watched link loses its carrier; prints when that had ended. When the carrier is back, the
// same for the first route, and prints `restored`.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const [watched, gateway, other, otherGateway, metric] = process.argv.slice(2)
const monitor = spawn('ip', ['-oneline', 'monitor', 'link'], { stdio: ['ignore', 'pipe', 'inherit'] })
let carrier = true

function replace(via, dev, done) {
  const command = ['route', 'replace', 'default', 'via', via, 'dev', dev, 'metric', metric, 'proto', '183']
  const ip = spawn('ip', command, { stdio: ['ignore', 'ignore', 'inherit'] })
  ip.on('exit', (status) => (status === 0 ? done() : process.exit(1)))
}

createInterface({ input: monitor.stdout }).on('line', (line) => {
  if (!line.includes(` ${watched}@`) && !line.includes(` ${watched}:`)) return
  const hasCarrier = line.includes('LOWER_UP')
  if (carrier && !hasCarrier) replace(otherGateway, other, () => process.stdout.write(`${process.hrtime.bigint()}\n`))
  if (!carrier && hasCarrier) replace(gateway, watched, () => process.stdout.write('restored\n'))
  carrier = hasCarrier
})
monitor.on('spawn', () => process.stdout.write('ready\n'))
process.stdin.on('end', () => monitor.kill())
process.stdin.resume()
