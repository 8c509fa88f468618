/** The technologies of one instance, by type: the built-in ones and those of the user. */

import { suggestion } from '../config/nearest.js'
import type { PlainObject } from '../config/plain.js'
import { isPlainObject, toPlain } from '../config/plain.js'
import type { NormalizeContext } from '../config/validate.js'
import { invalidField } from '../config/validate.js'
import { messageOf, NetworkError } from '../errors.js'
import { bond } from './bond/index.js'
import { bridge } from './bridge/index.js'
import { direct } from './direct/index.js'
import { dummy } from './dummy/index.js'
import { ethernet } from './ethernet/index.js'
import { macvlan } from './macvlan/index.js'
import { mobile, mobileTechnology } from './mobile/index.js'
import type { Modem } from './mobile/modem.js'
import { nullTechnology } from './null/index.js'
import { qmi } from './qmi/index.js'
import type { Technology } from './technology.js'
import { veth } from './veth/index.js'
import { vlan } from './vlan/index.js'
import { wifi } from './wifi/index.js'
import { wireguard } from './wireguard/index.js'

export const BUILT_IN_TECHNOLOGIES: readonly Technology[] = [
  bond as Technology,
  bridge as Technology,
  dummy as Technology,
  macvlan as Technology,
  veth as Technology,
  vlan as Technology,
  direct as Technology,
  ethernet as Technology,
  mobile as Technology,
  nullTechnology as Technology,
  wifi as Technology,
  wireguard as Technology,
  qmi as Technology,
]

/** The built-in technologies, with what an instance's options add to them. */
export function builtInTechnologies({ modems }: { readonly modems: readonly Modem[] }): readonly Technology[] {
  const own = mobileTechnology(modems) as Technology
  return BUILT_IN_TECHNOLOGIES.map((technology) => (technology.type === own.type ? own : technology))
}

/** A normalized configuration with the technology that it belongs to. */
export interface ResolvedConfig {
  readonly technology: Technology
  readonly config: unknown
  /** What was left out or is out of date, each naming its field. */
  readonly warnings: readonly string[]
}

/** What came of a saved configuration. */
export interface ResolvedSavedConfig extends ResolvedConfig {
  /** Paths of keys that this version does not know; they were ignored. */
  readonly unknownKeys: readonly string[]
}

export class TechnologyRegistry {
  readonly #technologies = new Map<string, Technology>()

  /**
   * `builtIn`: those of the library, where options of the instance have added to them.
   * @throws NetworkError ERR_INVALID_CONFIG when an object of `technologies` is none, or its type is taken
   */
  constructor(technologies: readonly Technology[] = [], builtIn: readonly Technology[] = BUILT_IN_TECHNOLOGIES) {
    for (const technology of builtIn) this.#technologies.set(technology.type, technology)
    for (const [index, technology] of technologies.entries()) {
      checkTechnology(technology, index)
      if (this.#technologies.has(technology.type)) {
        throw invalidField(
          ['technologies', String(index), 'type'],
          'a type that no other technology has',
          technology.type,
        )
      }
      this.#technologies.set(technology.type, technology)
    }
  }

  /** All types, sorted. */
  get knownTypes(): readonly string[] {
    return [...this.#technologies.keys()].sort()
  }

  /** The technology of a type, undefined where none is registered. */
  get(type: string): Technology | undefined {
    return this.#technologies.get(type)
  }

  /** All technologies, in the order of `knownTypes`. */
  all(): readonly Technology[] {
    return this.knownTypes.flatMap((type) => this.#technologies.get(type) ?? [])
  }

  /** Normalizes a configuration by its technology. @throws NetworkError ERR_INVALID_CONFIG, ERR_UNKNOWN_TYPE */
  resolve(config: unknown): ResolvedConfig {
    return this.#resolve(config, {})
  }

  /** The same for a saved configuration: keys that this version does not know are ignored and named. */
  resolveSaved(config: unknown): ResolvedSavedConfig {
    const unknownKeys: string[] = []
    const resolved = this.#resolve(config, { onUnknownKey: (field) => unknownKeys.push(field) })
    return { ...resolved, unknownKeys }
  }

  #resolve(config: unknown, context: NormalizeContext): ResolvedConfig {
    const plain = toPlain(config)
    if (!isPlainObject(plain)) throw invalidField([], 'an object with a type', plain)
    const technology = this.#technologyOf(plain)
    const warnings: string[] = []
    const onWarning = (field: string, text: string): void => void warnings.push(`${field}: ${text}`)
    try {
      const config = technology.normalize(plain, { ...context, onWarning })
      return { technology, config: plainConfig(technology.type, config), warnings }
    } catch (thrown) {
      if (thrown instanceof NetworkError) throw thrown
      const text = `the technology "${technology.type}" refused the configuration: ${textOf(thrown)}`
      throw new NetworkError('ERR_INVALID_CONFIG', text, { cause: thrown })
    }
  }

  #technologyOf(config: PlainObject): Technology {
    const known = this.knownTypes
    const { type } = config
    if (typeof type !== 'string') {
      const names = known.map((name) => `'${name}'`).join(', ')
      throw invalidField(['type'], `one of the types that the technologies bring (${names})`, type)
    }
    const former = Object.hasOwn(FORMER_TYPES, type) ? FORMER_TYPES[type] : undefined
    const technology = this.#technologies.get(type) ?? this.#technologies.get(former ?? '')
    if (technology !== undefined) return technology
    const shown = JSON.stringify(type.slice(0, MAX_TYPE_CHARS))
    throw new NetworkError('ERR_UNKNOWN_TYPE', `type: no technology is called ${shown}; ${suggestion(type, known)}`, {
      field: 'type',
    })
  }
}

/** Types of older configurations, and what they are called now. */
const FORMER_TYPES: Readonly<Record<string, string>> = { gadget: 'direct' }

/** Enough of a wrong type to recognise it in an error text. */
const MAX_TYPE_CHARS = 40

function checkTechnology(value: unknown, index: number): void {
  const path = ['technologies', String(index)]
  if (typeof value !== 'object' || value === null) throw invalidField(path, 'a technology object', value)
  const { type, normalize, plan } = value as Partial<Technology>
  if (typeof type !== 'string' || type === '') throw invalidField([...path, 'type'], 'a non-empty text', type)
  if (typeof normalize !== 'function') throw invalidField([...path, 'normalize'], 'a function', normalize)
  if (typeof plan !== 'function') throw invalidField([...path, 'plan'], 'a function', plan)
}

/** A normalized configuration is saved and shown: it is JSON like the one it came from. */
function plainConfig(type: string, normalized: unknown): unknown {
  try {
    return toPlain(normalized)
  } catch (thrown) {
    const text = `the technology "${type}" makes a configuration that is not plain JSON: ${textOf(thrown)}`
    throw new NetworkError('ERR_INVALID_CONFIG', text, { cause: thrown })
  }
}

function textOf(thrown: unknown): string {
  try {
    return messageOf(thrown)
  } catch {
    return 'it threw a value without a text'
  }
}
