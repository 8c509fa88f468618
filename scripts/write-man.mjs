/** Writes dist/man/vintage-net.1, the man page, from the program itself. Runs after tsc: node scripts/write-man.mjs */

import { mkdir, writeFile } from 'node:fs/promises'
import { manPage } from '../dist/cli/man-page.js'
import { buildProgram } from '../dist/cli/program.js'
import { VERSION } from '../dist/version.js'

const TARGET = new URL('../dist/man/vintage-net.1', import.meta.url)
const nothing = () => undefined
const host = { context: nothing, run: async () => undefined, print: nothing, printError: nothing }

await mkdir(new URL('.', TARGET), { recursive: true })
await writeFile(TARGET, manPage(buildProgram(host), VERSION))
