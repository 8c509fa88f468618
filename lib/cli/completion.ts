/** Completion scripts of shells, made from the program. Pure. */

import type { Command } from 'commander'
import { type CommandEntry, commandTree } from './command-tree.js'
import { UsageError } from './failure.js'

export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** @throws UsageError for a shell that is not known */
export function completionScript(shell: string, program: Command): string {
  const tree = commandTree(program)
  switch (shell) {
    case 'bash':
      return bash(tree)
    case 'zsh':
      // bashcompinit is part of zsh: one script to keep true.
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(tree)}`
    case 'fish':
      return fish(tree)
    default:
      throw new UsageError(`shell: one of ${SHELLS.join(', ')}, not ${JSON.stringify(shell.slice(0, 40))}`)
  }
}

/** Shells run what stands in a word such as `$(reboot)`, which is a name that a link can have: such names are left out. */
const INTERFACES = "$(ls /sys/class/net 2>/dev/null | grep -x '[A-Za-z0-9_.:@-]*')"

/** Commands whose first argument is the name of an interface. */
function takesInterface({ args }: CommandEntry): boolean {
  return args[0]?.name === 'ifname'
}

function bash(tree: readonly CommandEntry[]): string {
  const cases = tree.map((entry) => {
    const interfaces = takesInterface(entry) ? ` ${INTERFACES}` : ''
    return `    ${entry.name}) words="${entry.options.map(({ long }) => long).join(' ')}${interfaces}" ;;`
  })
  return `_vintage_net() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=
  case "$previous" in
    --config|--token-file|--socket) COMPREPLY=($(compgen -f -- "$current")); return ;;
    -I|--interface) COMPREPLY=($(compgen -W "${INTERFACES}" -- "$current")); return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${tree.map(({ name }) => name).join(' ')} help --help --version"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _vintage_net vintage-net
`
}

function fish(tree: readonly CommandEntry[]): string {
  const lines = tree.flatMap((entry) => {
    const { name, summary, options } = entry
    const on = `complete -c vintage-net -n '__fish_seen_subcommand_from ${name}'`
    const interfaces = takesInterface(entry) ? [`${on} -f -a '(ls /sys/class/net)'`] : []
    return [
      `complete -c vintage-net -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...interfaces,
      ...options.map(({ long, takesValue, text }) => {
        return `${on} -l ${long.replace(/^-+/, '')}${takesValue ? ' -r' : ''} -d ${quoted(text)}`
      }),
    ]
  })
  return `${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
