/** The conversation itself: methods, queries and bodies, and names that nothing stands behind. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OPERATIONS } from '../../../lib/control/app.js'
import { MAX_WATCHER_COUNT } from '../../../lib/control/limits.js'
import type { Persistence } from '../../../lib/persistence/store.js'
import { ControlScene, STATIC } from '../../support/control-scene.js'

const CONFIGURATION = '/v1/interfaces/eth0/configuration'
const ABSENT = '/v1/interfaces/eth9'

async function within(
  work: (scene: ControlScene) => Promise<void>,
  options: Parameters<typeof ControlScene.create>[0] = {},
): Promise<void> {
  await using scene = await ControlScene.create(options)
  await work(scene)
}

/** What would never end fails. */
const DEADLINE_MS = 5_000

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no end of the answer')), DEADLINE_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const errorOf = (body: Record<string, unknown>): { code: string; field?: string; ifname?: string; message: string } =>
  body['error'] as { code: string; message: string }

test('a body that is no object, or of another type, is refused with what it must be and what it is', () =>
  within(async (scene) => {
    for (const [body, got] of [
      ['5', 'a number'],
      ['"eth0"', 'a string'],
      ['true', 'a boolean'],
      ['null', 'null'],
      ['[]', 'a list'],
    ]) {
      const refused = await scene.json('PUT', CONFIGURATION, body)
      assert.is(refused.status, 400)
      assert.equal(refused.body['error'], {
        code: 'HTTP_NOT_JSON',
        message: `the body must be a JSON object, got ${got}`,
      })
    }
    const must = 'the body must have the content-type application/json'
    for (const [type, got] of [
      ['application/x-www-form-urlencoded', '"application/x-www-form-urlencoded"'],
      ['text/plain; charset=utf-8', '"text/plain; charset=utf-8"'],
      [`a/${'b'.repeat(300)}`, `"a/${'b'.repeat(78)}"`],
      ['', 'none'],
    ] as const) {
      const { status, text } = await scene.ask('PUT', CONFIGURATION, JSON.stringify(STATIC), { 'content-type': type })
      assert.is(status, 415)
      assert.equal(JSON.parse(text), { error: { code: 'HTTP_WRONG_CONTENT_TYPE', message: `${must}, got ${got}` } })
    }
  }))

test('a change of no interface is refused with how many it needs', () =>
  within(async (scene) => {
    const { status, body } = await scene.json('POST', '/v1/apply', { configs: {}, confirmWithinMs: 1000 })
    assert.is(status, 400)
    assert.equal(body['error'], {
      code: 'ERR_INVALID_CONFIG',
      message: 'configs: expected at least one interface, got none',
      field: 'configs',
    })
    const absent = await scene.json('POST', '/v1/apply', { confirmWithinMs: 1000 })
    assert.match(errorOf(absent.body).message, 'it is missing')
  }))

test('a query key that an operation does not know is refused before anything is done, whatever the operation', () =>
  within(async (scene) => {
    const refused = await scene.json('PUT', `${CONFIGURATION}?persits=false`, STATIC)
    assert.is(refused.status, 400)
    assert.equal(refused.body['error'], {
      code: 'ERR_INVALID_CONFIG',
      message: 'persits: unknown query key; known are "persist"',
      field: 'persits',
    })
    assert.equal(scene.net.configuredInterfaces(), [])
    const paths = OPERATIONS.map(({ method, path }) => [method, path.replace('{ifname}', 'eth0')] as const)
    for (const [method, path] of [...paths, ['get', '/v1/openapi.json'] as const]) {
      for (const key of ['patern', '__proto__', 'p%61tern%73']) {
        const { status, text } = await inTime(scene.ask(method.toUpperCase(), `${path}?${key}=x`))
        assert.is(status, 400, path)
        assert.match(text, 'unknown query key', path)
      }
    }
    assert.is((await scene.ask('GET', '/v1/properties?pattern=interface&patern=x')).status, 400)
    assert.is((await scene.ask('GET', '/v1/properties?')).status, 200)
  }))

test('HEAD of a stream is answered with its head alone, and takes no place of a watcher', () =>
  within(async (scene) => {
    for (let count = 0; count <= MAX_WATCHER_COUNT; count += 1) {
      const { status, headers, text } = await inTime(scene.ask('HEAD', '/v1/changes?pattern=interface'))
      assert.is(status, 200)
      assert.is(headers['content-type'], 'text/event-stream')
      assert.is(headers['cache-control'], 'no-store')
      assert.is(text, '')
    }
    assert.is((await scene.ask('HEAD', `/v1/changes?pattern=${'a/'.repeat(40)}`)).status, 400)
    assert.is((await scene.ask('HEAD', '/v1/status')).status, 200)
  }))

test('a method that a path does not take is refused with those that it takes', () =>
  within(async (scene) => {
    for (const [method, path, allow] of [
      ['PATCH', CONFIGURATION, 'GET, HEAD, PUT, DELETE'],
      ['OPTIONS', '/v1/status', 'GET, HEAD'],
      ['POST', '/v1/changes', 'GET, HEAD'],
      ['HEAD', '/v1/apply', 'POST'],
      ['GET', `${ABSENT}/scan`, 'POST'],
      ['DELETE', '/v1/openapi.json', 'GET, HEAD'],
    ] as const) {
      const { status, headers, text } = await inTime(scene.ask(method, path))
      assert.is(status, 405, path)
      assert.is(headers['allow'], allow, path)
      if (method !== 'HEAD') assert.match(text, `${path} takes ${allow}, not ${method}`)
    }
    const nowhere = await scene.ask('GET', '/v1/nowhere')
    assert.is(nowhere.status, 404)
    assert.is(nowhere.headers['allow'], undefined)
  }))

test('a name with neither a configuration nor a link is neither undone nor reset', () =>
  within(async (scene) => {
    for (const [method, path] of [
      ['DELETE', `${ABSENT}/configuration`],
      ['DELETE', `${ABSENT}/configuration?persist=false`],
      ['POST', `${ABSENT}/reset`],
    ] as const) {
      const { status, body } = await scene.json(method, path)
      assert.is(status, 404, path)
      assert.equal(body['error'], {
        code: 'ERR_NO_CONFIGURATION',
        message: 'no configuration for eth9, and no link of that name',
        ifname: 'eth9',
      })
    }
    assert.equal(scene.net.getByPrefix(['interface', 'eth9']), [])
    const wrong = await scene.json('DELETE', '/v1/interfaces/eth%25d/configuration')
    assert.is(wrong.status, 400)
    assert.is(errorOf(wrong.body).code, 'ERR_INVALID_INTERFACE_NAME')
  }))

test('a link without a configuration is undone and reset', () =>
  within(async (scene) => {
    assert.is((await scene.json('DELETE', CONFIGURATION)).status, 200)
    assert.is((await scene.json('POST', '/v1/interfaces/eth1/reset')).status, 200)
  }))

test('an instance that has stopped says so, not that an interface is unknown', () =>
  within(async (scene) => {
    await scene.net.configure('eth9', STATIC)
    await scene.world.during(scene.net.stop())
    for (const ifname of ['eth0', 'eth9']) {
      const { status, body } = await scene.json('DELETE', `/v1/interfaces/${ifname}/configuration`)
      assert.is(status, 503, ifname)
      assert.is(errorOf(body).code, 'ERR_STOPPED')
    }
  }))

test('an interface that is configured and not there is undone and reset', () =>
  within(async (scene) => {
    for (const [method, path] of [
      ['DELETE', `${ABSENT}/configuration`],
      ['POST', `${ABSENT}/reset`],
    ] as const) {
      assert.is((await scene.json('PUT', `${ABSENT}/configuration?persist=false`, STATIC)).status, 200)
      assert.is((await scene.json(method, path)).status, 200, path)
      assert.is((await scene.json('GET', `${ABSENT}/configuration`)).status, 200)
    }
  }))

test('an interface of which there is only what was saved is undone and reset', async () => {
  const saved: Persistence = {
    save: () => undefined,
    load: (ifname) => (ifname === 'eth9' ? STATIC : undefined),
    clear: () => undefined,
    list: () => ['eth9'],
  }
  for (const [method, path] of [
    ['DELETE', `${ABSENT}/configuration`],
    ['POST', `${ABSENT}/reset`],
  ] as const)
    await within(
      async (scene) => {
        assert.is((await scene.json(method, path)).status, 200, path)
      },
      { persistence: saved },
    )
})

test.run()
