// `npm run docs` writes the page anew.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkDiagram, checkSteps } from '../../support/pages/check-diagram.js'
import { checkPage, table, withBlock } from '../../support/pages/generated-page.js'
import { lifecycleDiagram, lifecycleTransitions } from '../../support/pages/lifecycle-diagram.js'
import { sequenceDiagram } from '../../support/pages/sequence-diagram.js'
import { cableWalk, configureWalk } from '../../support/pages/walks.js'

const test = suite('docs/diagrams')

const PAGE = 'docs/diagrams.md'

test('the lifecycle is drawn as its reducer is', () =>
  checkPage(PAGE, (page) => withBlock(page, 'lifecycle', lifecycleDiagram())))

test('the verdicts of the check are drawn as their reducer is', () =>
  checkPage(PAGE, (page) => withBlock(page, 'check', checkDiagram())))

test('the cable of eth0 is pulled: the page shows what happens', () =>
  checkPage(PAGE, async (page) => withBlock(page, 'cable', sequenceDiagram(await cableWalk()))))

test('configure: the page shows what happens', () =>
  checkPage(PAGE, async (page) => withBlock(page, 'configure', sequenceDiagram(await configureWalk()))))

test('a walk is the same each time', async () => {
  const messages = await cableWalk()
  assert.ok(messages.length > 30)
  assert.equal(await cableWalk(), messages)
})

test('the walk of the cable begins as ARCHITECTURE.md tells it: the default route goes first, alone', async () => {
  const messages = await cableWalk()
  const sent = messages.filter(({ to }) => to === 'kernel')
  assert.match(sent[0]?.text ?? '', /^deleteRoute default .* on eth0$/)
  const after = messages.indexOf(sent[0] as never) + 1
  assert.is(messages[after]?.from, 'kernel')
  const told = messages.findIndex(({ to }) => to === 'subscriber')
  assert.ok(told > messages.findIndex(({ text }) => text.startsWith('name_servers')))
})

test('every state of the lifecycle is reached, and every way out of configured and configuring undoes the plan', () => {
  const transitions = lifecycleTransitions()
  assert.equal([...new Set(transitions.flatMap(({ from, to }) => [from, to]))].sort(), [
    'changing',
    'configured',
    'configuring',
    'reconfiguring',
    'retrying',
    'stopped',
  ])
  const out = transitions.filter(({ from, to }) => from.startsWith('config') && from !== to)
  const allowed = out.filter(({ from, to, effects }) =>
    from === 'configured' && to === 'changing' ? true : to === 'configured' || effects.includes('runDown'),
  )
  assert.equal(allowed, out)
})

test('only ifup leaves disconnected, and only ifdown enters it', () => {
  const steps = checkSteps()
  const ways = (name: 'from' | 'to') => steps.filter((step) => step[name] === 'disconnected').map(({ input }) => input)
  assert.equal(new Set(ways('from')), new Set(['ifup']))
  assert.equal(new Set(ways('to')), new Set(['ifdown']))
})

test('rule: neighbours of one direction share an arrow, what mermaid would take for its own is taken out', () => {
  const messages = [
    { from: 'a', to: 'b', text: 'one; two' },
    { from: 'a', to: 'b', text: 'three' },
    { from: 'b', to: 'a', text: 'done', isAnswer: true },
    { from: 'b', to: 'properties', text: 'x' },
  ]
  assert.is(
    sequenceDiagram(messages),
    '```mermaid\nsequenceDiagram\n  participant a\n  participant b\n  participant property_table as properties\n  a->>b: one, two<br/>three\n  b-->>a: done\n  b->>property_table: x\n```',
  )
})

test('rule: a page without the marks is refused, a bar does not end a cell', () => {
  assert.throws(() => withBlock('# a\n', 'x', 'y'), /no pair of marks/)
  assert.is(table(['a'], [['b|c']]), '| a |\n|---|\n| b\\|c |')
})

test.run()
