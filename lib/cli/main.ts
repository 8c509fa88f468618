#!/usr/bin/env node
/** The program `vintage-net`. */

import { runCli } from './run-cli.js'

process.exitCode = await runCli(process.argv.slice(2), process)
