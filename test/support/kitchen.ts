/** Cables over fakes, and a library that knows nothing of it: where recipes are tried. */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNetOptions } from '../../lib/options.js'
import { type ScriptedChild, udhcpcEvent } from '../../lib/testing/scripted-daemon.js'
import { VintageNet } from '../../lib/vintage-net.js'
import { eventually } from './eventually.js'
import { FakeWorld } from './fake-instance.js'
import { type Ingredients, type Recipe, recipesOf, runRecipe } from './recipes.js'
import { sourceFiles } from './source-files.js'

/** Against the real time between two questions so little that no limit passes while a disk is slow. */
const STEP_MS = 50
const PROGRAMS = ['udhcpc', 'udhcpd', 'dnsd']

export class Kitchen implements AsyncDisposable {
  readonly world: FakeWorld
  /** What the recipe has printed. */
  readonly printed: string[] = []
  #net: VintageNet | undefined

  /** Each of the interfaces has a cable, and hosts beyond it that answer. */
  static async create(ifnames: readonly string[] = ['eth0', 'eth1']): Promise<Kitchen> {
    const kitchen = new Kitchen(await FakeWorld.create())
    for (const ifname of ifnames) kitchen.world.kernel.lab.addLink({ ifname })
    kitchen.world.kernel.lab.probes(() => ({ outcome: 'connected', ms: 1 }))
    return kitchen
  }

  protected constructor(world: FakeWorld) {
    this.world = world
    for (const program of PROGRAMS) world.daemons.on(program)
  }

  /** The instance of the recipe, or the one that its page begins with. */
  get net(): VintageNet {
    if (this.#net === undefined) throw new Error('no instance has been started')
    return this.#net
  }

  /** As VintageNet.start, over the fakes. */
  async start(options: VintageNetOptions = {}): Promise<VintageNet> {
    this.#net = await this.world.start(options)
    return this.#net
  }

  /** The instance that a page begins with, unless there is one. */
  async beginning(): Promise<VintageNet> {
    return this.#net ?? (await this.start())
  }

  /** Begins a recipe; it may wait for what happens next. */
  cook(recipe: Recipe, more: Ingredients = {}): Promise<void> {
    const running = this.#cook(recipe, more)
    running.catch(() => undefined)
    return running
  }

  property(ifname: string, ...path: string[]): unknown {
    return this.net.get(['interface', ifname, ...path])
  }

  /** The interface's DHCP client, once there is one that has not ended. */
  async client(ifname: string): Promise<ScriptedChild> {
    const clients = (): ScriptedChild[] =>
      this.world.daemons.running('udhcpc').filter(({ request }) => request.args.includes(ifname))
    await this.until(`${ifname} asks for an address`, () => clients().length > 0)
    const [client] = clients()
    assert.ok(client)
    return client
  }

  /** A DHCP server grants the interface's client an address. */
  async lease(ifname: string, ip: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const lease = { interface: ifname, ip, mask: '24', router: ip.replace(/\d+$/, '1'), lease: '86400', ...more }
    const client = await this.client(ifname)
    client.writeStdout(udhcpcEvent('bound', lease))
  }

  addresses(ifname: string): string[] {
    const { mirror } = this.world.kernel
    return mirror.addresses(mirror.linkByName(ifname)?.ifindex).map(({ address }) => address)
  }

  /** `DESTINATION GATEWAY METRIC` of each IPv4 route by the interface in the main table. */
  routes(ifname: string): string[] {
    const { mirror } = this.world.kernel
    const index = mirror.linkByName(ifname)?.ifindex
    return mirror
      .routes({ table: 254 })
      .filter(({ family, ifindex }) => family === 4 && ifindex === index)
      .map(({ destination, gateway, metric }) => `${destination} ${gateway ?? '-'} ${metric}`)
      .sort()
  }

  /** Waits for what files and turns bring about; simulated time goes on slowly meanwhile. */
  async until(what: string, ask: () => boolean): Promise<void> {
    await eventually(what, async () => {
      if (ask()) return true
      await this.world.clock.advance(STEP_MS)
      return ask()
    })
  }

  /** Waits until the interface is configured. */
  async configured(ifname: string): Promise<void> {
    await this.until(`${ifname} is configured`, () => this.property(ifname, 'state') === 'configured')
  }

  /** A file of the kitchen, for a recipe that names one of the machine. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.world.folder, name)
    await mkdir(this.world.folder, { recursive: true })
    await writeFile(path, text)
    return path
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]()
  }

  async #cook(recipe: Recipe, more: Ingredients): Promise<void> {
    const print = (...values: unknown[]): void => {
      this.printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '))
    }
    const library = {
      start: (options?: VintageNetOptions) => this.start(options),
      check: (options?: VintageNetOptions) => VintageNet.check(options),
    }
    const own = startsItself(recipe.code) ? {} : { net: await this.beginning() }
    await runRecipe(recipe, { ...own, VintageNet: library, console: { log: print, error: print }, ...more })
  }
}

/** Whether a recipe stands in the place of its page's beginning. */
function startsItself(code: string): boolean {
  return /\bconst net\b/.test(code)
}

export interface Cooking {
  readonly kitchen: Kitchen
  /** The recipe as it runs; started before `work` begins. */
  readonly running: Promise<void>
}

export interface Preparation {
  /** Default: eth0 and eth1. */
  readonly links?: readonly string[] | undefined
  /** What stands before the recipe begins. */
  readonly before?: ((kitchen: Kitchen) => Promise<void>) | undefined
  /** What the page names of another machine, in words of this one. */
  readonly change?: ((code: string, kitchen: Kitchen) => Promise<string>) | undefined
  readonly more?: Ingredients | undefined
}

/** The recipes of one page, each with its test. */
export class Cookbook {
  readonly #recipes: readonly Recipe[]
  readonly #tried = new Set<string>()

  constructor(page: string) {
    const [found] = sourceFiles(new RegExp(`^docs/cookbook/${page}\\.md$`))
    this.#recipes = recipesOf(found?.text ?? '')
  }

  get(title: string): Recipe {
    const found = this.#recipes.find((one) => one.title === title)
    assert.ok(found !== undefined, `the page has no recipe ${title}`)
    return found
  }

  /** A test of one recipe. What it waits for is done by `work`; the recipe must have ended well after it. */
  recipe(title: string, work: (cooking: Cooking) => Promise<void>, preparation: Preparation = {}): void {
    this.#tried.add(title)
    test(title, async () => {
      const found = this.get(title)
      await using kitchen = await Kitchen.create(preparation.links)
      await preparation.before?.(kitchen)
      const code = (await preparation.change?.(found.code, kitchen)) ?? found.code
      if (!startsItself(code)) await kitchen.beginning()
      const running = kitchen.cook({ title, code }, preparation.more)
      await work({ kitchen, running })
      await kitchen.world.during(running)
    })
  }

  /** A test that no recipe is without one, here or in the files that match. */
  everyRecipeIsTried(elsewhere?: RegExp): void {
    const others = elsewhere === undefined ? [] : sourceFiles(elsewhere)
    const titles = others.flatMap(({ text }) => [...text.matchAll(/^(?:book\.)?(?:recipe|test)\(\s*'([^']+)'/gm)])
    const known = new Set(this.#recipes.map(({ title }) => title))
    for (const [, title = ''] of titles) if (known.has(title)) this.#tried.add(title)
    test('every recipe of the page is tried', () => {
      assert.equal([...this.#tried].sort(), [...known].sort())
    })
  }
}
