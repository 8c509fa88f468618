/** The contract of a technology: it turns a configuration into a plan, and touches neither kernel nor process. */

import type { NormalizeContext } from '../config/validate.js'
import type { InterfaceContext, Plan } from './plan.js'

/** What a plan may depend on besides the configuration. */
export interface PlanContext {
  /** Directory for generated files. */
  readonly tmpDir: string
  /** Path of the script that reports DHCP events on standard output. */
  readonly udhcpcHandlerPath: string
  /** Directory of the scripts that report on descriptor 3 what a daemon runs them for: ip-up.sh, ip-down.sh. */
  readonly handlersPath: string
  /** The host name that DHCP sends where the configuration names none. */
  readonly hostname: string
  readonly regulatoryDomain: string
}

/**
 * What an ioctl may use; everything is bound to its interface. `signal` aborts when the interface is not configured any
 * more: the caller has been told then, and what is put or deleted afterwards is ignored.
 */
export interface IoctlContext<Config = unknown> extends InterfaceContext {
  /** The normalized configuration that is applied. */
  readonly config: Config
  /** What the running part of that name has started with; undefined where it does not run. */
  part(name: string): AsyncDisposable | undefined
}

/** Something that verifySystem() found. */
export interface Finding {
  readonly code: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly message: string
  readonly remedy: string
}

export interface VerifyContext {
  /** The interfaces that this technology is configured for, with their normalized configurations. */
  readonly interfaces: readonly { readonly ifname: string; readonly config: unknown }[]
  /** Absolute path of a program, undefined where it is not installed. */
  findProgram(name: string): Promise<string | undefined>
}

/** Selected by `type`. Method syntax, so that Technology<EthernetConfig> fits a list of Technology. */
export interface Technology<Config = unknown> {
  readonly type: string
  /**
   * Pure and idempotent; strict unless the context takes unknown keys (saved files), which a technology may leave out.
   * @throws NetworkError ERR_INVALID_CONFIG with `field`
   */
  normalize(config: unknown, context?: NormalizeContext): Config
  /** Pure. */
  plan(ifname: string, config: Config, context: PlanContext): Plan
  /**
   * Carries out a command on an interface that is configured. The ioctl `scan` ends when its list is published at
   * `wifi/access_points`. What else it throws than the following is told as the cause of an ERR_IOCTL_FAILED.
   * @throws NetworkError ERR_UNSUPPORTED for a command that it does not know, ERR_INVALID_CONFIG with `field` for arguments
   */
  ioctl?(ifname: string, command: string, args: readonly unknown[], context: IoctlContext<Config>): Promise<unknown>
  verify?(context: VerifyContext): Promise<Finding[]>
}
