// dump TABLE: for each line on standard input spawns `ip -json route` and parses what it prints.

import { execFile } from 'node:child_process'
import { createInterface } from 'node:readline'

const MAX_OUTPUT_BYTES = 1 << 30

createInterface({ input: process.stdin }).on('line', () => {
  const startedMs = performance.now()
  const args = ['-json', '-4', 'route', 'show', 'table', process.argv[2]]
  execFile('ip', args, { maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout) => {
    if (error) throw error
    const routes = JSON.parse(stdout)
    process.stdout.write(`${JSON.stringify({ ms: performance.now() - startedMs, routes: routes.length })}\n`)
  })
})
process.stdout.write('ready\n')
