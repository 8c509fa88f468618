// replace batch|spawn TABLE COUNT IFNAME: for each line on standard input, a gateway, replaces COUNT routes, by one
// `ip -batch`, or by an `ip` for each route, one after the other.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const [way, table, count, ifname] = process.argv.slice(2)

/** Runs `ip` to its end. */
function ip(args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn('ip', args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'inherit'] })
    child.on('exit', (status) => (status === 0 ? resolve() : reject(new Error(`ip ended with status ${status}`))))
    child.stdin?.end(input)
  })
}

createInterface({ input: process.stdin }).on('line', async (gateway) => {
  const commands = Array.from({ length: Number(count) }, (_, i) => {
    const destination = `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}/32`
    return [
      'route',
      'replace',
      destination,
      'via',
      gateway,
      'dev',
      ifname,
      'table',
      table,
      'metric',
      '100',
      'proto',
      '183',
    ]
  })
  const startedMs = performance.now()
  if (way === 'batch') await ip(['-batch', '-'], commands.map((words) => `${words.join(' ')}\n`).join(''))
  else for (const words of commands) await ip(words)
  process.stdout.write(`${JSON.stringify({ ms: performance.now() - startedMs })}\n`)
})
process.stdout.write('ready\n')
