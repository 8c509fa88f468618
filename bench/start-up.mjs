// node bench/start-up.mjs [PROJECT]: how long it takes from the import to the first event, and how much memory stays resident, each in
// fresh processes. PROJECT is a folder with vintage-net installed (default: this tree). Only reads: needs no rights.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROJECT = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))
/** Processes for each figure. */
const RUNS = 21

/** Programs, each behind what it adds to: they print milliseconds and MiB. */
const PROGRAMS = {
  'node alone': '',
  'vintage-net/kernel: import': "await import('vintage-net/kernel')",
  'vintage-net/kernel: first event': `
    const { openKernel } = await import('vintage-net/kernel')
    const kernel = await openKernel()
    for await (const { type } of kernel.watch()) if (type === 'snapshot') break
    done()
    await kernel.close()`,
  'vintage-net: import': "await import('vintage-net')",
  'vintage-net: start, first property': `
    const { VintageNet } = await import('vintage-net')
    const { mkdtempSync } = await import('node:fs')
    const net = await VintageNet.start({ persistence: 'none', resolvConf: null, tmpDir: mkdtempSync('/tmp/start-up-') })
    net.get(['connection'])
    done()
    await net.stop()`,
}

function measure(program) {
  const ends = program.includes('done()') ? '' : 'done()'
  const script = `
    const startedMs = performance.now()
    let told = false
    const done = () => {
      if (told) return
      told = true
      const cpu = process.cpuUsage()
      console.log(JSON.stringify([performance.now() - startedMs, (cpu.user + cpu.system) / 1000, process.memoryUsage.rss() / 1048576]))
    }
    ${program}
    ${ends}`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: PROJECT, encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout)
}

const middle = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1]

process.stdout.write(
  `| program | ms, median (fastest) | CPU ms of the process, median | MiB resident, median |\n|---|---|---|---|\n`,
)
for (const [name, program] of Object.entries(PROGRAMS)) {
  const rows = Array.from({ length: RUNS }, () => measure(program))
  const [wall, cpu, memory] = [0, 1, 2].map((column) => rows.map((row) => row[column]))
  const fastest = Math.min(...wall)
  process.stdout.write(
    `| ${name} | ${middle(wall).toFixed(0)} (${fastest.toFixed(0)}) | ${middle(cpu).toFixed(0)} | ${middle(memory).toFixed(0)} |\n`,
  )
}
