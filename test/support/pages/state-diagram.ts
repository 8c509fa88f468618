/** A mermaid diagram of states. */

export interface Transition {
  readonly from: string
  readonly to: string
  readonly label: string
  /** Names, in order. */
  readonly effects: readonly string[]
}

/** One arrow for each pair of states, with all that leads from one to the other. */
export function stateDiagram(
  initial: string | readonly string[],
  transitions: readonly Transition[],
  last: readonly string[] = [],
): string {
  const arrows = new Map<string, Set<string>>()
  for (const { from, to, label } of transitions) {
    const arrow = `${idOf(from)} --> ${idOf(to)}`
    arrows.set(arrow, (arrows.get(arrow) ?? new Set()).add(label))
  }
  const names = new Set(transitions.flatMap(({ from, to }) => [from, to]))
  const named = [...names].filter((name) => idOf(name) !== name).map((name) => `  state "${name}" as ${idOf(name)}`)
  const initials = typeof initial === 'string' ? [initial] : initial
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...named,
    ...initials.map((name) => `  [*] --> ${idOf(name)}`),
    ...[...arrows].map(([arrow, labels]) => `  ${arrow} : ${[...labels].join('<br/>')}`),
    ...last.map((name) => `  ${idOf(name)} --> [*]`),
    '```',
  ].join('\n')
}

function idOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]+/g, '_')
}
