// What the library is measured against: C programs, and Go ones where Go and its library are there. Into build-bench/.

import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, newestChangeMs, ROOT, run, step } from './step.mjs'

const BUILD = join(ROOT, 'build-bench')
const C = join(ROOT, 'bench', 'peers', 'c')
const GO = join(ROOT, 'bench', 'peers', 'go')
/** Linked into each C program. */
const SHARED = ['netlink.c', 'control.c']
const C_FLAGS = ['-O2', '-std=gnu11', '-Wall', '-Wextra', '-Wconversion', '-Werror', '-pthread']
/** Where Debian installs the sources of Go libraries. */
const GO_PATH = '/usr/share/gocode'
const GO_NETLINK = join(GO_PATH, 'src', 'github.com', 'vishvananda', 'netlink')

function upToDate(program, sources) {
  return existsSync(program) && statSync(program).mtimeMs >= newestChangeMs(sources)
}

async function buildC() {
  for (const source of readdirSync(C).filter((name) => name.endsWith('.c') && !SHARED.includes(name))) {
    const program = join(BUILD, source.slice(0, -'.c'.length))
    if (upToDate(program, [C])) continue
    await run('cc', [...C_FLAGS, '-o', program, ...[source, ...SHARED].map((name) => join(C, name))])
  }
}

async function buildGo() {
  if (findProgram('go') === undefined || !existsSync(GO_NETLINK)) return
  const env = { GO111MODULE: 'off', GOPATH: GO_PATH, GOCACHE: join(BUILD, 'go-cache'), GOFLAGS: '' }
  for (const source of readdirSync(GO)) {
    const program = join(BUILD, `go-${source.slice(0, -'.go'.length)}`)
    if (!upToDate(program, [join(GO, source)])) await run('go', ['build', '-o', program, join(GO, source)], { env })
  }
}

/** Builds the peers that are older than their sources. */
export async function ensurePeers() {
  mkdirSync(BUILD, { recursive: true })
  const started = performance.now()
  await buildC()
  await buildGo()
  if (performance.now() - started > 1000) await step('built the peers', async () => undefined)
}
