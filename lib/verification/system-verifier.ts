/** verifySystem(): runs every check, one after the other; a check that fails is a finding itself. */

import type { HostFileSystem } from '../base/file-system.js'
import { messageOf } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import type { ProgramDeps } from '../supervision/program-deps.js'
import type { Plan } from '../technology/plan.js'
import type { Finding, Technology } from '../technology/technology.js'
import { findUnwritableFiles } from './files.js'
import { finding } from './findings.js'
import type { HostView } from './host-view.js'
import { findMissingFeatures } from './kernel-features.js'
import { findMissingPrograms } from './programs.js'
import { findMissingRights } from './rights.js'
import { findRivals } from './rivals.js'

export interface SystemVerifierDeps {
  readonly kernel: Kernel
  readonly fs: HostFileSystem
  readonly programs: ProgramDeps
  /** Undefined where the processes are scripted: then rights and rivals say nothing. */
  readonly host: HostView | undefined
  readonly netns: string | undefined
  readonly tmpDir: string
  readonly persistenceDir: string | undefined
  readonly resolvConf: string | null
  /** Plans of the configured interfaces. */
  plans(): readonly Plan[]
  technology(type: string): Technology | undefined
  /** Pids of the daemons that this instance runs. */
  ownPids(): ReadonlySet<number>
}

/** The namespace of this process. */
const OWN_NAMESPACE = '/proc/self/ns/net'

export class SystemVerifier {
  readonly #deps: SystemVerifierDeps

  constructor(deps: SystemVerifierDeps) {
    this.#deps = deps
  }

  /** Everything that is wrong; [] where nothing is. Leaves nothing behind. */
  async verify(): Promise<Finding[]> {
    const { kernel, host, programs, fs, tmpDir, persistenceDir, resolvConf } = this.#deps
    const plans = this.#deps.plans().filter((plan) => plan.type !== 'null')
    const runsPrograms = plans.some(({ services }) => services.some(({ type }) => type === 'daemon'))
    const checks: readonly [what: string, check: () => Promise<Finding[]> | Finding[]][] = [
      ['programs', () => findMissingPrograms({ programs, plans, runsRealPrograms: host !== undefined })],
      ['kernel', () => findMissingFeatures(kernel)],
      ['rights', () => (host === undefined ? [] : findMissingRights(host, runsPrograms))],
      ['files', () => findUnwritableFiles({ fs, tmpDir, persistenceDir, resolvConf })],
      ['rivals', () => (host === undefined ? [] : this.#rivals(host, plans))],
      ...this.#technologyChecks(plans),
    ]
    const findings: Finding[] = []
    for (const [what, check] of checks) {
      try {
        findings.push(...(await check()))
      } catch (thrown) {
        const message = `the check of ${what} failed: ${messageOf(thrown)}`
        findings.push(finding('CHECK_FAILED', message, 'nothing is known about this part; look at the log'))
      }
    }
    return withoutRepeats(findings)
  }

  #rivals(host: HostView, plans: readonly Plan[]): Finding[] {
    const { kernel, netns } = this.#deps
    const interfaces = plans.map(({ ifname, type }) => ({
      ifname,
      type,
      ifindex: kernel.mirror.linkByName(ifname)?.ifindex,
    }))
    return findRivals({ host, netns: netns ?? OWN_NAMESPACE, interfaces, ownPids: this.#deps.ownPids() })
  }

  /** Each technology that is in use is asked once. */
  #technologyChecks(plans: readonly Plan[]): [string, () => Promise<Finding[]>][] {
    const findProgram = (name: string): Promise<string | undefined> =>
      this.#deps.programs.findProgram(name).catch(() => undefined)
    return [...new Set(plans.map(({ type }) => type))].sort().map((type) => {
      const interfaces = plans.flatMap((plan) =>
        plan.type === type ? [{ ifname: plan.ifname, config: plan.source }] : [],
      )
      const check = async (): Promise<Finding[]> =>
        (await this.#deps.technology(type)?.verify?.({ findProgram, interfaces })) ?? []
      return [`the technology ${type}`, check]
    })
  }
}

/** A right may be missed by two checks. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const single = new Set(['RIGHT_NET_ADMIN_MISSING'])
  return findings.filter(
    ({ code }, at) => !single.has(code) || findings.findIndex((other) => other.code === code) === at,
  )
}
