/** Every recipe of docs/cookbook/mobile.md, run as it stands there. */

import { readFile } from 'node:fs/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandPower, type VintageNet, type VintageNetOptions } from '../../../../lib/index.js'
import { eventually } from '../../../support/eventually.js'
import { at, PppScene } from '../../../support/ppp-scene.js'
import { type Ingredients, recipesOf, runRecipe } from '../../../support/recipes.js'
import { sourceFiles } from '../../../support/source-files.js'

const [page] = sourceFiles(/^docs\/cookbook\/mobile\.md$/)
const RECIPES = recipesOf(page?.text ?? '')
const tried = new Set<string>()

interface Cooking {
  readonly scene: PppScene
  readonly running: Promise<void>
  readonly printed: readonly string[]
}

/** A test of one recipe; what it waits for is done by `work`. */
function recipe(title: string, work: (cooking: Cooking) => Promise<void>): void {
  tried.add(title)
  test(title, async () => {
    const found = RECIPES.find((one) => one.title === title)
    assert.ok(found !== undefined, `the page has no recipe ${title}`)
    await using scene = await PppScene.create()
    const printed: string[] = []
    const start = (options: VintageNetOptions): Promise<VintageNet> => scene.start({ config: {}, ...options })
    const { spawn, findProgram } = scene.world.daemons
    const power = (options: Parameters<typeof commandPower>[0]) =>
      commandPower(options, { spawn, findProgram, clock: scene.world.clock })
    const ingredients: Ingredients = {
      console: { log: (text: string) => void printed.push(text) },
      commandPower: power,
      ...(found.code.includes('const net') ? { VintageNet: { start } } : { net: await start({}) }),
    }
    const running = runRecipe(found, ingredients)
    running.catch(() => undefined)
    await work({ scene, running, printed })
    await scene.world.during(running)
  })
}

recipe('Dial a provider', async ({ scene, running, printed }) => {
  scene.modem.answer('AT+CPIN?', '\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n')
  scene.modem.answer('AT+CPIN="4321"', () => {
    scene.modem.answer('AT+CPIN?', '\r\n+CPIN: READY\r\n\r\nOK\r\n')
    return '\r\nOK\r\n'
  })
  scene.plug()
  await scene.connected(await scene.pppd())
  await scene.world.during(running)
  assert.equal(printed, ['online'])
  assert.match(await readFile(`${scene.world.folder}/run/private/ppp-options.ppp0`, 'utf8'), 'password "web"')
})

recipe('Show the signal', async ({ scene, printed }) => {
  scene.plug()
  await scene.net.configure('ppp0', {
    type: 'mobile',
    modem: 'quectel-ec25',
    serviceProviders: [{ apn: 'a' }],
  })
  await scene.connected(await scene.pppd())
  await scene.world.during(eventually('bars are shown', () => printed.includes('3 of 4 bars')))
})

recipe('Use whatever modem is plugged in', async ({ scene, running, printed }) => {
  await scene.world.clock.advance(10_000)
  assert.equal(printed, [])
  scene.plug('2c7c:0296')
  await scene.world.during(running)
  assert.equal(printed, ['found: quectel-bg96'])
})

recipe('A modem that the library does not know', async ({ scene, running }) => {
  scene.ports.plug('/dev/ttyAMA0')
  await running
  const { request } = await scene.pppd()
  assert.ok(request.args.includes('/dev/ttyAMA0'))
  const script = await readFile(`${scene.world.folder}/run/private/chatscript.ppp0`, 'utf8')
  assert.match(script, 'OK AT+IFC=2,2\nOK AT+CGDCONT=1,"IPV4V6","internet.example"\nOK ATDT')
})

recipe('Switch a modem off and on when it hangs', async ({ scene, running }) => {
  scene.world.daemons.on('modem-power', (child) => child.exit(0))
  await scene.world.during(running)
  await scene.net.configure('ppp0', {
    type: 'mobile',
    modem: 'generic',
    pppTty: 'ttyS1',
    serviceProviders: [{ apn: 'a' }],
  })
  const calls = () => scene.world.daemons.children.filter(({ program }) => program === 'modem-power')
  await scene.world.during(eventually('it is switched on', () => calls().length > 0))
  scene.net.power('ppp0').forceReset()
  await scene.world.during(
    eventually(
      'it is switched off and on',
      () =>
        calls()
          .map(({ request }) => request.args.join())
          .join() === 'on,off,on',
    ),
  )
})

recipe('A stick that begins as a disk', async ({ scene, running }) => {
  scene.world.daemons.on('usb_modeswitch', (child) => child.exit(0))
  await scene.world.during(running)
  const switched = () => scene.world.daemons.children.find(({ program }) => program === 'usb_modeswitch')
  await scene.world.during(eventually('it is switched', () => switched() !== undefined))
  assert.equal(switched()?.request.args, ['-v', '12d1', '-p', '14fe', '-X'])
  const waited = () => String(scene.net.get(at('reason'))).includes('/dev/ttyUSB0')
  await scene.world.during(eventually('its port is waited for', waited))
})

test('every recipe of the page is tried', () => {
  assert.equal(
    RECIPES.map(({ title }) => title).filter((title) => !tried.has(title)),
    [],
  )
})

test.run()
