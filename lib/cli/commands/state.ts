/** Commands that show how things are: info, get, verify. */

import type { Finding } from '../../index.js'
import { apiPath } from '../client.js'
import { type CommandContext, show } from '../context.js'
import { SilentFailure } from '../failure.js'
import { shownValue, spacedValue } from '../shown-value.js'
import { harmless, wrap } from '../table.js'
import { showTable } from './show-table.js'

export async function info(context: CommandContext): Promise<void> {
  const { client, out, json } = context
  if (json) out.line(JSON.stringify(await client.json('GET', '/v1/snapshot')))
  // Line by line: a name in it must not take over the terminal.
  else out.write((await client.text('/v1/info')).split('\n').map(harmless).join('\n'))
}

interface Property {
  readonly path: readonly string[]
  readonly value: unknown
}

export async function get(context: CommandContext, pattern: string | undefined): Promise<void> {
  const answer = await context.client.json('GET', apiPath(['properties'], { pattern }))
  const { properties } = answer as { readonly properties: readonly Property[] }
  if (properties.length === 0 && pattern !== undefined) throw new Error(`there is no property ${pattern}`)
  show(context, properties, () => {
    const { out } = context
    const [only] = properties
    // One property that was named in full is its value, which scripts want.
    if (properties.length === 1 && only !== undefined && namesInFull(pattern, only.path))
      return out.line(shownValue(only.value))
    if (out.isTerminal) {
      const rows = properties.map(({ path, value }) => [path.join('/'), spacedValue(value)])
      return showTable(context, ['PROPERTY', 'VALUE'], rows)
    }
    for (const { path, value } of properties) out.line(`${harmless(path.join('/'))} ${shownValue(value)}`)
  })
}

/** Whether a pattern that the daemon took is the whole path: it reads a JSON list, or a path with a slash at either end. */
function namesInFull(pattern: string | undefined, path: readonly string[]): boolean {
  if (pattern?.startsWith('[')) return JSON.stringify(JSON.parse(pattern)) === JSON.stringify(path)
  return pattern?.replace(/^\/|\/$/g, '') === path.join('/')
}

const STYLES = { error: 'red', warning: 'yellow', info: 'dim' } as const
const INDENT = '    '

export async function verify(context: CommandContext): Promise<void> {
  const { findings } = (await context.client.json('GET', '/v1/findings')) as { readonly findings: readonly Finding[] }
  show(context, findings, () => showFindings(context, findings))
  if (findings.some(({ severity }) => severity === 'error')) throw new SilentFailure('there are errors')
}

function showFindings({ out }: CommandContext, findings: readonly Finding[]): void {
  if (findings.length === 0) return out.line('Nothing stands in the way.')
  const room = out.columns === undefined ? Number.POSITIVE_INFINITY : out.columns - INDENT.length
  for (const { code, severity, message, remedy } of findings) {
    out.line(`${out.paint(STYLES[severity], severity.toUpperCase())} ${out.paint('bold', code)}`)
    for (const line of wrap(harmless(message), room)) out.line(`${INDENT}${line}`)
    for (const line of wrap(harmless(`Remedy: ${remedy}`), room)) out.line(`${INDENT}${line}`)
  }
}
