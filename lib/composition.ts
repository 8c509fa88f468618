/** The composition root: builds every part in dependency order, and stops them in reverse. Nothing below constructs a collaborator. */

import { hostname } from 'node:os'
import { join } from 'node:path'
import { DisposableStack } from './base/disposable.js'
import { type HostFileSystem, systemErrorCode } from './base/file-system.js'
import { askNameServer } from './connectivity/ask-name-server.js'
import { type HostAddress, readHostList } from './connectivity/host-list.js'
import { NameResolver } from './connectivity/name-resolver.js'
import { Pinger } from './connectivity/ping.js'
import { udhcpcHandlerPath } from './dhcp/handler-path.js'
import { messageOf, NetworkError } from './errors.js'
import { Configurations } from './interface/configurations.js'
import type { RunStepRequest } from './interface/execute-plan.js'
import { Interfaces } from './interface/interfaces.js'
import { removeLeftoverAddresses } from './interface/leftover-addresses.js'
import { removeLeftoverLinks } from './interface/leftover-links.js'
import { LinkHandover } from './interface/link-handover.js'
import { LinkProperties } from './interface/link-properties.js'
import { restoreOverwritten } from './interface/overwritten.js'
import { RaisedLinks } from './interface/raised-links.js'
import { Reasons } from './interface/reasons.js'
import { Recovery } from './interface/recovery.js'
import { type Journals, Transactions } from './interface/transactions.js'
import type { Kernel } from './kernel/kernel.js'
import { openKernel } from './kernel/native-kernel.js'
import { LinkNaming } from './naming/link-naming.js'
import { unpredictableName } from './naming/name-list.js'
import type { ResolvedOptions } from './options.js'
import { FileStore } from './persistence/file-store.js'
import { JOURNAL_NAME, Journal } from './persistence/journal.js'
import { LimitedStore } from './persistence/limited-store.js'
import { NullStore } from './persistence/null-store.js'
import { SecretSource } from './persistence/secret.js'
import type { Persistence } from './persistence/store.js'
import { PowerControllers } from './power/power-controllers.js'
import { countUp } from './properties/count-up.js'
import { PropertyTable } from './properties/property-table.js'
import { Resolver } from './resolver/resolver.js'
import { RouteManager } from './routing/route-manager.js'
import { programFinder } from './supervision/find-program.js'
import { handlersPath } from './supervision/handlers-path.js'
import { Ledger } from './supervision/ledger.js'
import { emptyProcessTable, systemProcessTable } from './supervision/process-table.js'
import type { ProgramDeps } from './supervision/program-deps.js'
import { runChecked } from './supervision/run-program.js'
import { spawnProcess } from './supervision/spawn.js'
import type { Plan, RunStep } from './technology/plan.js'
import { builtInTechnologies, TechnologyRegistry } from './technology/registry.js'
import type { PlanContext } from './technology/technology.js'
import { systemHost } from './verification/host-view.js'
import { SystemVerifier } from './verification/system-verifier.js'

/** Name of the abstract unix socket that keeps a second instance out of the network namespace. */
const INSTANCE_LOCK = 'vintage-net'
/** Others may enter the directory to reach a file whose name they know, but not list it. */
const TMP_DIR_MODE = 0o711
const PRIVATE_DIR_MODE = 0o700
/** Codes of a directory that somebody else might make. */
const MISSING_RIGHT: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM'])

/** What stands behind one VintageNet. */
export interface Composition {
  readonly options: ResolvedOptions
  readonly properties: PropertyTable
  readonly configurations: Configurations
  readonly routes: RouteManager
  readonly interfaces: Interfaces
  readonly power: PowerControllers
  readonly recovery: Recovery
  readonly verifier: SystemVerifier
  readonly transactions: Transactions
  readonly pinger: Pinger
  /** Stops everything, in reverse order of start. */
  readonly stack: DisposableStack
}

/** Builds and starts everything; where a part fails, what was started is stopped. @throws NetworkError */
export async function compose(options: ResolvedOptions): Promise<Composition> {
  const stack = new DisposableStack()
  try {
    return await composeOn(stack, options)
  } catch (thrown) {
    for (const failure of await stack.disposeAll()) {
      options.logger.error({ part: failure.name }, `stopping: ${messageOf(failure.thrown)}`)
    }
    throw thrown
  }
}

async function composeOn(stack: DisposableStack, options: ResolvedOptions): Promise<Composition> {
  const { clock, logger } = options
  const registry = new TechnologyRegistry(options.technologies, builtInTechnologies(options))
  const secrets = new SecretSource(options.persistenceSecret, options.clock)
  const persistence = makePersistence(options, secrets)
  const kernel = await takeKernel(stack, options)
  const privateDir = await makeDirectories(options.tmpDir, options.fileSystem)

  const properties = new PropertyTable({ clock, logger })
  stack.defer('properties', () => properties.close())
  properties.seed([
    [['available_interfaces'], []],
    [['connection'], 'disconnected'],
    [['name_servers'], []],
  ])
  const reasonsOf = reasonsByInterface(properties)
  const ledger = await openLedger(privateDir, options)
  stack.defer('ledger', () => ledger.flush())
  await removeLeftoverAddresses({ kernel, ledger, logger })
  const programs = programDeps(options, ledger)

  const resolver = new Resolver({
    path: options.resolvConf,
    tmpDir: options.tmpDir,
    fs: options.fileSystem,
    additionalNameServers: options.additionalNameServers,
    properties,
    logger,
  })
  // What is started half is stopped too: the stop stands on the stack before the start.
  stack.defer('resolver', () => resolver.stop())
  await resolver.start()

  const routes = new RouteManager({
    kernel,
    properties,
    logger,
    clock,
    routeMetric: options.routeMetric,
    maxInterfaceCount: options.maxInterfaceCount,
    onPriority: (ifnames) => resolver.setPriority(ifnames),
    onProblem: (ifname, text) => reasonsOf(ifname).set('routing', text),
    onRepaired: (ifname) => countUp(properties, ['interface', ifname, 'repairs']),
  })
  stack.defer('routes', () => routes.stop())
  await routes.start()

  const configurations = new Configurations({
    registry,
    persistence,
    properties,
    planContext: planContext(options, privateDir),
    logger,
    reasons: reasonsOf,
    refusedName: (ifname) => unpredictableName(ifname, options.ifnames),
  })
  const power = new PowerControllers({
    managers: options.powerManagers,
    clock,
    logger,
    properties,
    signOfLife: (ifname) => interfaces.find(ifname)?.signOfLife ?? 'dead',
    onProblem: (ifname, text) => reasonsOf(ifname).set('power', text),
  })
  stack.defer('power', () => power.stop())
  await power.start()

  await nameLinks(stack, options, { kernel, reasonsOf })
  const recovery = new Recovery({
    properties,
    clock,
    logger,
    recoverAfterMs: options.recoverAfterMs,
    steps: (ifname) => interfaces.find(ifname)?.recoverySteps() ?? [],
    perform: async (ifname, step) => interfaces.find(ifname)?.recover(step),
  })

  const names = nameResolver(options, kernel, resolver)
  const linkProperties = new LinkProperties({ kernel, properties, logger })
  const interfaces: Interfaces = new Interfaces({
    kernel,
    clock,
    logger,
    fs: options.fileSystem,
    properties,
    routes,
    resolver,
    linkProperties,
    reasonsOf,
    power,
    recovery,
    run: (step, request) => runStep(programs, step, request),
    ledger,
    serialPorts: options.serialPorts,
    technology: (type) => registry.get(type),
    handover: new LinkHandover(),
    raisedLinks: new RaisedLinks({
      kernel,
      isConfigured: (ifname) => (properties.get(['interface', ifname, 'type']) ?? 'null') !== 'null',
    }),
    services: {
      programs,
      fs: options.fileSystem,
      carrierGraceMs: options.carrierGraceMs,
      udhcpcHandler: options.udhcpcHandler,
      udhcpdHandler: options.udhcpdHandler,
    },
    checks: {
      kernel,
      clock,
      logger,
      routes,
      hosts: hostsToAsk(options),
      random: Math.random,
      names,
    },
  })
  const transactions = new Transactions({
    configurations,
    interfaces,
    properties,
    journals: makeJournals(options, privateDir, secrets),
    recovery,
    clock,
    logger,
  })
  await configurations.load(
    options.config,
    await transactions.recover((ifname, config) => configurations.save(ifname, config)),
  )
  await transactions.recovered()
  const planOf = (ifname: string): Plan | undefined => configurations.wanted(ifname)?.plan
  const plans = configurations.names().flatMap((ifname) => planOf(ifname) ?? [])
  await removeLeftoverLinks({ kernel, ledger, logger, plans })
  await restoreOverwritten({ kernel, notes: ledger, logger, planOf })
  stack.defer('interfaces', () => interfaces.stop())
  const availableInterfaces = (): string[] => properties.get(['available_interfaces'], []) as string[]
  const pinger = new Pinger({ kernel, clock, names, availableInterfaces })
  stack.defer('pings', () => pinger.stop())
  recovery.start()
  stack.defer('recovery', () => recovery.stop())
  stack.defer('transactions', () => transactions.stop())
  await interfaces.start(configurations)
  const verifier = systemVerifier(options, { kernel, programs, registry, configurations, owner: ledger.owner })
  return {
    options,
    properties,
    configurations,
    routes,
    interfaces,
    transactions,
    power,
    recovery,
    verifier,
    pinger,
    stack,
  }
}

interface VerifiedParts {
  readonly kernel: Kernel
  readonly programs: ProgramDeps
  readonly registry: TechnologyRegistry
  readonly configurations: Configurations
  readonly owner: string
}

function systemVerifier(options: ResolvedOptions, parts: VerifiedParts): SystemVerifier {
  const { tmpDir, persistenceDir, persistence, resolvConf, netns, fileSystem: fs } = options
  const { kernel, programs, registry, configurations, owner } = parts
  return new SystemVerifier({
    kernel,
    fs,
    programs,
    host: usesRealProcesses(options) ? systemHost : undefined,
    netns: namespacePath(netns),
    tmpDir,
    persistenceDir: persistence === 'file' ? persistenceDir : undefined,
    resolvConf,
    plans: () => configurations.names().flatMap((ifname) => configurations.wanted(ifname)?.plan ?? []),
    technology: (type) => registry.get(type),
    ownPids: () => new Set(systemProcessTable.ownedBy(owner).map(({ pid }) => pid)),
  })
}

/** A kernel that was given stays its giver's; one opened here is closed here. */
async function takeKernel(stack: DisposableStack, options: ResolvedOptions): Promise<Kernel> {
  const { netns, logger } = options
  const kernel = options.kernel ?? (await openKernel({ netns, logger }))
  if (options.kernel === undefined) stack.defer('kernel', () => kernel.close())
  const unlock = await kernel.lockInstance(INSTANCE_LOCK)
  stack.defer('instance lock', unlock)
  return kernel
}

/** Before the interfaces start, so that they begin with the names that will stay. */
async function nameLinks(
  stack: DisposableStack,
  { ifnames, clock, logger }: ResolvedOptions,
  { kernel, reasonsOf }: { readonly kernel: Kernel; readonly reasonsOf: (ifname: string) => Reasons },
): Promise<void> {
  if (ifnames.length === 0) return
  const onProblem = (ifname: string, text: string | undefined): void => reasonsOf(ifname).set('naming', text)
  const naming = new LinkNaming({ kernel, clock, logger, ifnames, onProblem })
  stack.defer('naming', () => naming.stop())
  await naming.start()
}

async function makeDirectories(tmpDir: string, fs: HostFileSystem): Promise<string> {
  const privateDir = join(tmpDir, 'private')
  try {
    // mkdir's mode is subject to the umask, and a directory that is there keeps its own: one that we made is given ours,
    // one that somebody else made (systemd, an administrator) keeps its mode, but what is private is made so.
    const made = await fs.mkdir(tmpDir, { recursive: true, mode: TMP_DIR_MODE })
    if (made !== undefined) await fs.chmod(tmpDir, TMP_DIR_MODE)
    await fs.mkdir(privateDir, { recursive: true, mode: PRIVATE_DIR_MODE })
    await fs.chmod(privateDir, PRIVATE_DIR_MODE)
  } catch (thrown) {
    const code = MISSING_RIGHT.has(systemErrorCode(thrown)) ? 'ERR_NOT_PERMITTED' : 'ERR_INVALID_CONFIG'
    throw new NetworkError(code, `tmpDir: ${messageOf(thrown)}`, { field: 'tmpDir', cause: thrown })
  }
  return privateDir
}

function makePersistence(options: ResolvedOptions, secrets: SecretSource): Persistence {
  const { persistence, persistenceDir: directory, logger, fileSystem: fs } = options
  if (persistence === 'none') return new NullStore()
  if (persistence === 'file') return new FileStore({ directory, secrets, logger, fs })
  return new LimitedStore(persistence, options.clock)
}

/** What is confirmed must outlive a power cut, so it lies beside what is saved; where nothing is saved here, with the rest. */
function makeJournals(options: ResolvedOptions, privateDir: string, secrets: SecretSource): Journals {
  const { fileSystem: fs, logger } = options
  const confirmedDir = options.persistence === 'file' ? options.persistenceDir : join(privateDir, 'confirmed')
  const journal = (directory: string): Journal =>
    new Journal({ path: join(directory, JOURNAL_NAME), secrets, fs, logger })
  return { open: journal(privateDir), confirmed: journal(confirmedDir) }
}

function reasonsByInterface(properties: PropertyTable): (ifname: string) => Reasons {
  const all = new Map<string, Reasons>()
  return (ifname) => {
    const known = all.get(ifname) ?? new Reasons(ifname, properties)
    all.set(ifname, known)
    return known
  }
}

/** Children of another spawn than the real one have pids that name nothing, or a stranger. */
function usesRealProcesses(options: ResolvedOptions): boolean {
  return options.spawn === spawnProcess
}

async function openLedger(directory: string, options: ResolvedOptions): Promise<Ledger> {
  const { clock, logger, fileSystem: fs } = options
  const processes = usesRealProcesses(options) ? systemProcessTable : emptyProcessTable
  const ledger = await Ledger.open({ directory, netns: namespacePath(options.netns), processes, clock, logger, fs })
  for (const orphan of await ledger.reapOrphans()) {
    logger.warn({ ...orphan }, `ended ${orphan.program}, which an earlier run had left behind`)
  }
  return ledger
}

function programDeps(options: ResolvedOptions, ledger: Ledger): ProgramDeps {
  const { spawn, path, programs, clock, logger } = options
  const findProgram = usesRealProcesses(options) ? programFinder({ path, programs }) : async (name: string) => name
  return { spawn, findProgram, path, netns: namespacePath(options.netns), clock, logger, ledger }
}

function namespacePath(netns: string | number | undefined): string | undefined {
  return typeof netns === 'number' ? `/proc/${netns}/ns/net` : netns
}

/** What plans depend on besides their configurations. */
export function planContext(options: ResolvedOptions, tmpDir: string): PlanContext {
  return {
    tmpDir,
    udhcpcHandlerPath: udhcpcHandlerPath(),
    handlersPath: handlersPath(),
    hostname: hostname(),
    regulatoryDomain: options.regulatoryDomain,
  }
}

async function runStep(programs: ProgramDeps, step: RunStep, request: RunStepRequest): Promise<void> {
  const run = runChecked(programs, { program: step.program, args: step.args, ...request })
  if (step.ignoreErrors === true) await run.catch(() => undefined)
  else await run
}

function hostsToAsk({ internetHostList, netns, logger }: ResolvedOptions): readonly HostAddress[] {
  const { hosts, complaints } = readHostList(internetHostList)
  for (const entry of complaints) logger.warn({ field: 'internetHostList' }, entry)
  if (netns !== undefined && hosts.some(({ type }) => type === 'name')) {
    logger.warn(
      { field: 'internetHostList' },
      'with the option netns names are not resolved: those of the list are not asked',
    )
  }
  return hosts
}

/** Name servers are asked from this process, so that with `netns` they would be asked in the wrong namespace: none is. */
function nameResolver({ netns }: ResolvedOptions, kernel: Kernel, resolver: Resolver): NameResolver {
  const nameServers = (ifname: string): readonly string[] => (netns === undefined ? resolver.nameServersOf(ifname) : [])
  return new NameResolver({ kernel, nameServers, ask: askNameServer })
}
