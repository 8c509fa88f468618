/** Every recipe of docs/cookbook/qmi.md, run as it stands there. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as qmi from '../../../../lib/technology/qmi/quick.js'
import { QmiWorld } from '../../../support/qmi-world.js'
import { recipesOf, runRecipe } from '../../../support/recipes.js'
import { ABSENT_CARD, card, ICCID } from '../../../support/scripted-qmi-modem.js'
import { sourceFiles } from '../../../support/source-files.js'

const test = suite('technology/qmi/cookbook')

const [page] = sourceFiles(/^docs\/cookbook\/qmi\.md$/)
const RECIPES = recipesOf(page?.text ?? '')
const tried = new Set<string>()

/** A test of one recipe: what it prints, with a modem that `prepare` has made. */
function recipe(title: string, prints: string, prepare: (scene: QmiWorld) => void = () => undefined): void {
  tried.add(title)
  test(title, async () => {
    const found = RECIPES.find((one) => one.title === title)
    assert.ok(found !== undefined, `the page has no recipe ${title}`)
    await using scene = await QmiWorld.create()
    prepare(scene)
    scene.plug()
    const net = await scene.start()
    const printed: string[] = []
    const print = (...values: unknown[]): void => void printed.push(values.join(' '))
    await runRecipe(found, { net, qmi, console: { log: print } })
    assert.equal(printed, [prints])
  })
}

const ASKS_FOR_PIN = card(2, 3, 1)

recipe('Go online with one access point name', 'by internet')
recipe('Choose by the SIM card', `card ${ICCID}`)
recipe('Enter a PIN, a user name, and use IPv6 as well', '192.0.2.10 2001:db8:0:1::a', ({ modem }) => {
  modem.card = ASKS_FOR_PIN
})
recipe('Say what is wrong', 'there is no SIM card', ({ modem }) => {
  modem.card = ABSENT_CARD
})

test('every recipe of the page is run', () => {
  assert.equal(
    RECIPES.map(({ title }) => title).filter((title) => !tried.has(title)),
    [],
  )
})

test.run()
