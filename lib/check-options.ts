/** Options, looked at without mercy and without a trace: for whoever would rather not start than start with less than was asked for. */

import { planContext } from './composition.js'
import { NetworkError } from './errors.js'
import { inDefault } from './interface/configurations.js'
import { resolveOptions, type VintageNetOptions } from './options.js'
import { planOf } from './technology/plan-of.js'
import { builtInTechnologies, TechnologyRegistry } from './technology/registry.js'

/** @throws NetworkError ERR_INVALID_CONFIG and what a technology says, with `field`: the first that start() would warn of, or refuse */
export function checkOptions(options: VintageNetOptions): void {
  const complaints: NetworkError[] = []
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (details: object, text: string) => void complaints.push(complaint(details, text)),
    error: (details: object, text: string) => void complaints.push(complaint(details, text)),
  }
  // Its own logger is looked at, but hears nothing.
  if (options.logger !== undefined) resolveOptions({ logger: options.logger })
  const resolved = resolveOptions({ ...options, logger })
  const registry = new TechnologyRegistry(resolved.technologies, builtInTechnologies(resolved))
  const context = planContext(resolved, resolved.tmpDir)
  for (const [ifname, config] of Object.entries(resolved.config)) {
    try {
      planOf(ifname, registry.resolve(config), context)
    } catch (thrown) {
      throw inDefault(ifname, thrown)
    }
  }
  const [first] = complaints
  if (first !== undefined) throw first
}

function complaint(details: object, text: string): NetworkError {
  const { field, ifname } = details as { readonly field?: unknown; readonly ifname?: unknown }
  const path = [field, ifname].filter((part) => typeof part === 'string').join('.')
  return new NetworkError('ERR_INVALID_CONFIG', text, path === '' ? {} : { field: path })
}
