/** Whether the programs of the plans are there, and know the options that the plans give them. */

import { messageOf } from '../errors.js'
import { baseName } from '../supervision/find-program.js'
import type { ProgramDeps } from '../supervision/program-deps.js'
import { runProgram } from '../supervision/run-program.js'
import type { Plan } from '../technology/plan.js'
import type { Finding } from '../technology/technology.js'
import { finding } from './findings.js'

/** A help text is printed at once. */
const HELP_LIMIT_MS = 3_000

/** Programs whose help names their options, one letter each. */
const HAVE_HELP: ReadonlySet<string> = new Set(['udhcpc', 'udhcpd', 'dnsd'])

interface Use {
  readonly program: string
  readonly ifnames: Set<string>
  /** Options of one letter that plans give. */
  readonly options: Set<string>
}

export interface ProgramsQuestion {
  readonly programs: ProgramDeps
  readonly plans: readonly Plan[]
  /** False: children are scripted, and print no help. */
  readonly runsRealPrograms: boolean
}

export async function findMissingPrograms({ programs, plans, runsRealPrograms }: ProgramsQuestion): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const use of usesOf(plans)) {
    const name = baseName(use.program)
    const who = [...use.ifnames].sort().join(', ')
    try {
      await programs.findProgram(use.program)
    } catch (thrown) {
      findings.push(
        finding(
          'PROGRAM_MISSING',
          `${who}: ${messageOf(thrown)}`,
          `install ${name}, or set the option path or programs`,
        ),
      )
      continue
    }
    if (!runsRealPrograms || !HAVE_HELP.has(name)) continue
    const help = await helpOf(programs, use.program)
    const unknown = [...use.options].filter((letter) => !knows(help, letter)).map((letter) => `-${letter}`)
    if (help === '' || unknown.length === 0) continue
    const message = `${who}: ${name} (${versionOf(help)}) does not know ${unknown.join(', ')}`
    findings.push(
      finding('PROGRAM_TOO_OLD', message, `install a newer ${name}, or one that is built with these options`),
    )
  }
  return findings
}

/** What the plans and their alternatives run, each program once, sorted by name. */
function usesOf(plans: readonly Plan[]): Use[] {
  const uses = new Map<string, Use>()
  for (const plan of plans.flatMap((one) => [one, ...Object.values(one.alternatives ?? {})])) {
    const daemons = plan.services.flatMap((service) => (service.type === 'daemon' ? [service] : []))
    const steps = [...plan.up, ...plan.down].flatMap((step) => (step.type === 'run' ? [step] : []))
    for (const { program, args } of [...daemons, ...steps]) {
      const use = uses.get(program) ?? { program, ifnames: new Set(), options: new Set() }
      uses.set(program, use)
      use.ifnames.add(plan.ifname)
      for (const arg of args) if (/^-[A-Za-z]$/.test(arg)) use.options.add(arg.slice(1))
    }
  }
  return [...uses.values()].sort((a, b) => (a.program < b.program ? -1 : 1))
}

async function helpOf(programs: ProgramDeps, program: string): Promise<string> {
  const request = { program, args: ['--help'], deadlineMs: HELP_LIMIT_MS }
  return runProgram(programs, request).then(
    ({ output }) => output,
    () => '',
  )
}

/** '[-fbqRB]', '[-a[MSEC]]' or '	-x OPT:VAL'. A help without options tells nothing. */
function knows(help: string, letter: string): boolean {
  return !/(^|[\s[|])-[A-Za-z]/m.test(help) || new RegExp(`(^|[\\s\\[|])-[A-Za-z]*${letter}`, 'm').test(help)
}

function versionOf(help: string): string {
  return /BusyBox v[\d.]+/.exec(help)?.[0] ?? 'version unknown'
}
