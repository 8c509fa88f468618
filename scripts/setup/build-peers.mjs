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

/** The programs that are older than their sources: file, command line, environment. */
function stale() {
  const c = readdirSync(C).filter((name) => name.endsWith('.c') && !SHARED.includes(name))
  const goIsThere = findProgram('go') !== undefined && existsSync(GO_NETLINK)
  const env = { GO111MODULE: 'off', GOPATH: GO_PATH, GOCACHE: join(BUILD, 'go-cache'), GOFLAGS: '' }
  const builds = [
    ...c.map((source) => {
      const program = join(BUILD, source.slice(0, -'.c'.length))
      const sources = [source, ...SHARED].map((name) => join(C, name))
      return { program, sources: [C], command: ['cc', [...C_FLAGS, '-o', program, ...sources]] }
    }),
    ...(goIsThere ? readdirSync(GO) : []).map((source) => {
      const program = join(BUILD, `go-${source.slice(0, -'.go'.length)}`)
      return {
        program,
        sources: [join(GO, source)],
        command: ['go', ['build', '-o', program, join(GO, source)], { env }],
      }
    }),
  ]
  return builds.filter(({ program, sources }) => !upToDate(program, sources))
}

/** Builds the peers that are older than their sources. */
export async function ensurePeers() {
  mkdirSync(BUILD, { recursive: true })
  const builds = stale()
  if (builds.length === 0) return
  await step('built the peers', async () => {
    for (const { command } of builds) await run(...command)
  })
}
