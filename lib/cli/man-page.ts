/** The man page, made from the program (man(7)). Pure. */

import type { Command } from 'commander'
import { type CommandEntry, commandTree } from './command-tree.js'

const FILES: readonly (readonly [path: string, text: string])[] = [
  ['/run/vintage-net/control.sock', 'the control socket; vintage-net(1) and any HTTP client talk to the daemon by it'],
  ['/run/vintage-net/resolv.conf', 'name servers, where the daemon is told to write them there'],
  ['/var/lib/vintage-net', 'saved configurations, encrypted'],
]

const EXITS: readonly (readonly [status: string, text: string])[] = [
  ['0', 'done'],
  ['1', 'failed; one line on standard error names the field or the cause'],
  ['2', 'the command line is wrong'],
  ['3', 'no daemon is running'],
]

export function manPage(program: Command, version: string): string {
  const name = program.name()
  const lines = [
    `.TH ${name.toUpperCase().replace('-', '\\-')} 1 "" "${name} ${version}" "User Commands"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(program.description())}`,
    '.SH SYNOPSIS',
    `.B ${escaped(name)}`,
    '.I command',
    '[options]',
    '.SH DESCRIPTION',
    'One daemon, started by',
    `.BR "${escaped(name)} run" ,`,
    'keeps the network; the other commands ask it over its control socket.',
    '.SH COMMANDS',
    ...commandTree(program).flatMap((entry) => commandLines(entry)),
    '.SH EXIT STATUS',
    ...EXITS.flatMap(([status, text]) => ['.TP', `.B ${status}`, escaped(text)]),
    '.SH ENVIRONMENT',
    '.TP',
    '.B VINTAGE_NET_SOCKET',
    'the path of the control socket',
    '.TP',
    '.B NO_COLOR',
    'no colours, whatever its value',
    '.SH FILES',
    ...FILES.flatMap(([path, text]) => ['.TP', `.I ${escaped(path)}`, escaped(text)]),
  ]
  return `${lines.join('\n')}\n`
}

function commandLines({ usage, summary, args, options }: CommandEntry): string[] {
  return [
    `.SS ${escaped(usage)}`,
    escaped(capital(summary)),
    ...args.flatMap(({ name, text }) => ['.TP', `.I ${escaped(name)}`, escaped(text)]),
    ...options.flatMap(({ flags, text }) => ['.TP', `.B ${escaped(flags)}`, escaped(text)]),
  ]
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

/** Hyphens that are to be typed, backslashes, and lines that would begin with a request. */
function escaped(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/, '\\&$1')
}
