import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as steps from '../../../../lib/technology/ip/steps.js'
import type { CallStep, StepContext } from '../../../../lib/technology/plan.js'

/** Runs a step and returns what it called. */
const callsOf = async (step: CallStep): Promise<unknown[]> => {
  const calls: unknown[] = []
  const note =
    (name: string) =>
    (...args: unknown[]): void => {
      calls.push([name, ...args])
    }
  const context: Partial<StepContext> = {
    setRoutes: note('setRoutes'),
    clearRoutes: note('clearRoutes'),
    setNameServers: note('setNameServers'),
    clearNameServers: note('clearNameServers'),
  }
  await step.run(step.args, context as StepContext)
  return calls
}

test('each step calls its namesake with its args', async () => {
  const routes = { addresses: [{ address: '192.0.2.2', prefixLength: 24 }], gateway: '192.0.2.1', metric: undefined }
  const { metric: _, ...present } = routes
  assert.equal(await callsOf(steps.setRoutes(routes)), [['setRoutes', present]])
  assert.equal(await callsOf(steps.clearRoutes()), [['clearRoutes']])
  const servers = { domain: 'example.com', nameServers: ['192.0.2.1'] }
  assert.equal(await callsOf(steps.setNameServers(servers)), [['setNameServers', servers]])
  assert.equal(await callsOf(steps.clearNameServers()), [['clearNameServers']])
})

test('an empty list of servers clears them', () => {
  assert.is(steps.setNameServers({ domain: 'example.com', nameServers: [] }).name, 'clearNameServers')
})

test('steps of the same kind share their function', () => {
  assert.is(steps.setRoutes({ addresses: [] }).run, steps.setRoutes({ addresses: [], gateway: '192.0.2.1' }).run)
})

test.run()
