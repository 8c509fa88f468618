#!/usr/bin/env node
/** The program `vintage-net`. */

import { runCli } from './run-cli.js'

// Who reads no further, such as `head`, ends the command without a word; a daemon whose log goes nowhere keeps the network all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  process.stderr.write(`vintage-net: standard output: ${error.message}\n`)
  process.exit(1)
})
process.stderr.on('error', () => undefined)
process.exitCode = await runCli(process.argv.slice(2), process)
