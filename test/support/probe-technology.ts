/** A technology for tests: its configuration says what its plan holds. */

import { NetworkError } from '../../lib/errors.js'
import { makePlan, type Plan, type Service, type Step } from '../../lib/technology/plan.js'
import type { Technology } from '../../lib/technology/technology.js'
import { probeIoctl } from './probe-ioctls.js'

/** Any of the plan's own keys. Steps and services are data here: a configuration is JSON. */
export interface ProbeConfig {
  readonly type: 'probe'
  readonly [key: string]: unknown
}

const PLAN_KEYS = ['requires', 'cleanup', 'retryDelayMs', 'upLimitMs', 'downLimitMs', 'restart', 'connectivity']

/** Services by name, for configurations that name them. */
export type NamedServices = Readonly<Record<string, Service>>

/** The technology `probe`; `services` are what a configuration may name in its key `services`. */
export function probeTechnology(services: NamedServices = {}): Technology<ProbeConfig> {
  return {
    type: 'probe',
    normalize(config) {
      const given = config as ProbeConfig
      if (given['refuse'] === true) throw new NetworkError('ERR_INVALID_CONFIG', 'refuse: refused', { field: 'refuse' })
      return { ...given, normalizeWasCalled: true }
    },
    plan(ifname, config) {
      const copied = Object.fromEntries(PLAN_KEYS.flatMap((key) => (key in config ? [[key, config[key]]] : [])))
      const files = (config['files'] as [string, string][] | undefined) ?? []
      const names = (config['services'] as string[] | undefined) ?? []
      const plan: Plan = makePlan({
        ifname,
        type: 'probe',
        source: config,
        ...copied,
        files: files.map(([path, content]) => ({ path, content, mode: 0o644, secret: false })),
        up: (config['up'] as Step[] | undefined) ?? [],
        down: (config['down'] as Step[] | undefined) ?? [],
        services: names.flatMap((name) => services[name] ?? []),
      })
      return plan
    },
    ioctl: (_ifname, command, args, context) => probeIoctl(command, args, context),
  }
}

/** A step that runs a program. */
export function run(program: string, ...args: string[]): Step {
  return { type: 'run', program, args }
}
