/** What the man page and the completions read of the program. Pure. */

import type { Command } from 'commander'

export interface CommandEntry {
  readonly name: string
  /** With the arguments: `configure [options] <ifname> <configuration>`. */
  readonly usage: string
  readonly summary: string
  readonly args: readonly { readonly name: string; readonly text: string }[]
  readonly options: readonly OptionEntry[]
}

export interface OptionEntry {
  /** `-I, --interface <ifname>`. */
  readonly flags: string
  readonly long: string
  readonly takesValue: boolean
  readonly text: string
}

/** The commands as `--help` lists them. */
export function commandTree(program: Command): CommandEntry[] {
  const help = program.createHelp()
  return help
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .map((command) => ({
      name: command.name(),
      usage: `${command.name()} ${command.usage()}`,
      summary: command.description(),
      args: command.registeredArguments.map((argument) => ({ name: argument.name(), text: argument.description })),
      options: help.visibleOptions(command).map((option) => ({
        flags: option.flags,
        long: option.long ?? option.flags,
        takesValue: option.required || option.optional,
        text: help.optionDescription(option),
      })),
    }))
}
