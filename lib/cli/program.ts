/** The command line: every command with its arguments, options and help. The man page and the completions are made from it too. */

import { Command, CommanderError, Option } from 'commander'
import { VERSION } from '../index.js'
import { type ApplyFlags, apply, endChange } from './commands/apply.js'
import { configure, deconfigure, type PersistFlags, plan } from './commands/configuration.js'
import { ifconfig, type PingFlags, ping, routes, scan } from './commands/network.js'
import { get, info, verify } from './commands/state.js'
import { watch } from './commands/watch.js'
import { completionScript, SHELLS } from './completion.js'
import type { CommandContext } from './context.js'
import type { RunFlags } from './daemon/run-flags.js'
import { EXIT, UsageError } from './failure.js'
import { manPage } from './man-page.js'

export const DEFAULT_SOCKET = '/run/vintage-net/control.sock'

/** What the commands need of whoever runs them. */
export interface ProgramHost {
  /** Called when a command runs, with the options that all share. */
  context(shared: SharedFlags): CommandContext
  /** Starts the daemon; loaded only then. */
  run(flags: RunFlags): Promise<void>
  print(text: string): void
  printError(text: string): void
}

export interface SharedFlags {
  readonly json?: boolean
  readonly socket: string
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error']
const JSON_ARGUMENT = 'JSON, @FILE, or @- for standard input'
const PERSIST_OPTION = ['--no-persist', 'until the daemon ends: save nothing'] as const

/** The whole program. Parsing rejects with CommanderError, UsageError and what the commands throw. */
export function buildProgram(host: ProgramHost): Command {
  const program = new Command('vintage-net')
    .description('configures, watches and keeps alive the network interfaces of this machine')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', `\n${EXIT_TEXT}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.print(text),
      writeErr: (text) => host.printError(text),
      // One line: the suggestion stands on a second one otherwise.
      outputError: () => undefined,
    })
  addRun(program, host)
  addState(program, host)
  addConfiguration(program, host)
  addNetwork(program, host)
  addShell(program, host)
  return program
}

export const EXIT_TEXT = [
  'Exit status: 0 done, 1 failed, 2 the command line is wrong, 3 no daemon is running.',
  'Environment: VINTAGE_NET_SOCKET, the path of the control socket; NO_COLOR.',
].join('\n')

/** The exit status of a mistake on the command line, and of --help, which is none. */
export function usageStatus(thrown: unknown): number | undefined {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage
  return thrown instanceof UsageError ? EXIT.usage : undefined
}

/** A command that asks the daemon. */
function asking(parent: Command, host: ProgramHost, usage: string, summary: string): Asking {
  const command = parent
    .command(usage)
    .description(summary)
    .option('--json', 'print JSON')
    .addOption(
      new Option('--socket <path>', 'the control socket of the daemon')
        .env('VINTAGE_NET_SOCKET')
        .default(DEFAULT_SOCKET),
    )
  return { command, context: () => host.context(command.opts<SharedFlags>()) }
}

interface Asking {
  readonly command: Command
  context(): CommandContext
}

function addRun(program: Command, host: ProgramHost): void {
  program
    .command('run')
    .description('run the daemon in the foreground; SIGHUP reloads the file, SIGTERM stops')
    .option('--config <file>', 'JSON: options and, under "config", configurations by interface')
    .option('--listen <[host:]port>', 'answer HTTP on TCP too, unencrypted; the host is 127.0.0.1 by default')
    .option('--token-file <file>', 'the token that clients on TCP must show, at least 32 characters; needs --listen')
    .option('--allow-raw', 'take raw text for wpa_supplicant and chat over the control socket')
    .addOption(new Option('--log-level <level>', 'the least that is logged').choices(LOG_LEVELS).default('info'))
    .option('--json', 'log JSON on a terminal too, and why it did not start')
    .action(async (flags: RunFlags) => {
      if (flags.tokenFile !== undefined && flags.listen === undefined)
        throw new UsageError('--token-file needs --listen: without it nothing listens on TCP')
      await host.run(flags)
    })
}

function addState(program: Command, host: ProgramHost): void {
  const one = asking(program, host, 'info', 'show the state of everything')
  one.command.action(() => info(one.context()))
  const two = asking(program, host, 'get', 'show properties at and below a path, such as interface/eth0')
  two.command.argument('[path]', "elements divided by '/'; '*' matches one").action((path) => get(two.context(), path))
  const three = asking(program, host, 'watch', 'show changes as they come, with how long things had been as they were')
  three.command
    .argument('[path]', 'list only changes at and below it; the screen of a terminal still has all interfaces')
    .action((path) => watch(three.context(), path))
  const four = asking(program, host, 'verify', 'look for what stands in the way, and say what to do about it')
  four.command.action(() => verify(four.context()))
}

function addConfiguration(program: Command, host: ProgramHost): void {
  const one = asking(program, host, 'configure', 'configure an interface, and save that')
  one.command
    .argument('<ifname>', 'the interface')
    .argument('<configuration>', JSON_ARGUMENT)
    .option(...PERSIST_OPTION)
    .action((ifname, given, flags: PersistFlags) => configure(one.context(), ifname, given, flags))
  const two = asking(program, host, 'deconfigure', 'undo an interface, which then stays off')
  two.command
    .argument('<ifname>', 'the interface')
    .option(...PERSIST_OPTION)
    .action((ifname, flags: PersistFlags) => deconfigure(two.context(), ifname, flags))
  const three = asking(program, host, 'plan', 'show what a configuration would change; touches nothing')
  three.command
    .argument('<ifname>', 'the interface')
    .argument('<configuration>', JSON_ARGUMENT)
    .action((ifname, given) => plan(three.context(), ifname, given))
  const four = asking(
    program,
    host,
    'apply',
    'configure several interfaces, all or none, until confirmed or rolled back',
  )
  four.command
    .argument('<configurations>', `an object of configurations by interface: ${JSON_ARGUMENT}`)
    .requiredOption('--confirm-within <seconds>', 'roll back unless confirmed by then')
    .option('--no-wait', 'do not count down: confirm or roll back by other commands')
    .action((given, flags: ApplyFlags) => apply(four.context(), given, flags))
  const five = asking(program, host, 'confirm', 'keep what was applied, and save it')
  five.command
    .argument('[id]', 'of the change; default: the open one')
    .action((id) => endChange(five.context(), 'confirm', id))
  const six = asking(program, host, 'rollback', 'take back what was applied')
  six.command
    .argument('[id]', 'of the change; default: the open one')
    .action((id) => endChange(six.context(), 'rollback', id))
}

function addNetwork(program: Command, host: ProgramHost): void {
  const one = asking(program, host, 'scan', 'look for access points')
  one.command.argument('<ifname>', 'a WiFi interface').action((ifname) => scan(one.context(), ifname))
  const two = asking(program, host, 'routes', 'show every route, and why it stands')
  two.command.action(() => routes(two.context()))
  const three = asking(program, host, 'ping', 'connect to a host by TCP, again and again')
  three.command
    .argument('<host>', 'a name or an address')
    .option('-I, --interface <ifname>', 'leave by this interface')
    .option('--port <n>', 'the port', '80')
    .option('--count <n>', 'how often', '4')
    .action((name, flags: PingFlags) => ping(three.context(), name, flags))
  const four = asking(program, host, 'ifconfig', 'show links with their addresses')
  four.command.argument('[ifname]', 'only this one').action((ifname) => ifconfig(four.context(), ifname))
}

function addShell(program: Command, host: ProgramHost): void {
  program
    .command('completion')
    .description('print a completion script: eval "$(vintage-net completion bash)"')
    .argument('<shell>', SHELLS.join(', '))
    .action((shell) => host.print(completionScript(shell, program)))
  program
    .command('man')
    .description('print the man page: vintage-net man | man -l -')
    .action(() => host.print(manPage(program, VERSION)))
}
