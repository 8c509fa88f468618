/** The OpenAPI document is valid, has every operation, and what is answered is what it says. */

import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OPERATIONS } from '../../../lib/control/app.js'
import { ControlScene, STATIC } from '../../support/control-scene.js'

interface Document {
  readonly paths: Record<
    string,
    Record<string, { responses: { 200: { content: Record<string, { schema: object }> } } }>
  >
  readonly components: { readonly schemas: Record<string, object> }
}

async function documentOf(scene: ControlScene): Promise<Document> {
  const { status, text } = await scene.ask('GET', '/v1/openapi.json')
  assert.is(status, 200)
  return JSON.parse(text) as Document
}

/** What to ask to hear a good answer, by operation; in this order. */
const QUESTIONS: readonly (readonly [id: string, body?: unknown, query?: string])[] = [
  ['status'],
  ['configure', STATIC],
  ['getConfiguration'],
  ['plan', STATIC],
  ['info'],
  ['snapshot'],
  ['properties', undefined, '?pattern=interface/*/state'],
  ['interfaces'],
  ['findings'],
  ['metrics'],
  ['links'],
  ['routes'],
  ['ping', { host: '192.0.2.1' }],
  ['checkpoint'],
  ['apply', { configs: { eth1: STATIC }, confirmWithinMs: 60_000 }],
  ['checkpoint'],
  ['confirm', {}],
  ['apply', { configs: { eth1: { type: 'ethernet' } }, confirmWithinMs: 60_000 }],
  ['rollback', {}],
  ['resetToDefaults'],
  ['deconfigure'],
]
/** They need a technology that can, or do not end by themselves. */
const ELSEWHERE = ['changes', 'scan', 'ioctl']

test('the document is valid OpenAPI 3.1', async () => {
  await using scene = await ControlScene.create()
  const { valid, errors } = await new Validator().validate(
    (await documentOf(scene)) as unknown as Record<string, unknown>,
  )
  assert.ok(valid, JSON.stringify(errors))
})

test('every operation answers what the document says', async () => {
  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'a 1\n' }
  await using scene = await ControlScene.create({}, { metrics })
  scene.world.kernel.lab.probes(() => ({ outcome: 'refused', ms: 3, errno: 111 }))
  const document = await documentOf(scene)
  const ajv = new Ajv2020({ strict: false })
  ajv.addSchema({ $id: 'api', components: document.components })
  for (const [id, body, query = ''] of QUESTIONS) {
    const operation = OPERATIONS.find((one) => one.id === id)
    assert.ok(operation, id)
    const path = operation.path.replace('{ifname}', 'eth0')
    const answer = await scene.ask(operation.method.toUpperCase(), `${path}${query}`, body)
    assert.is(answer.status, 200, `${id}: ${answer.text}`)
    const [type = '', entry] =
      Object.entries(document.paths[operation.path]?.[operation.method]?.responses[200].content ?? {})[0] ?? []
    assert.ok(String(answer.headers['content-type']).startsWith(type), `${id}: ${answer.headers['content-type']}`)
    if (type !== 'application/json') continue
    const schema = JSON.parse(JSON.stringify(entry?.schema).replaceAll('"#/', '"api#/')) as object
    const validate = ajv.compile(schema)
    assert.ok(validate(JSON.parse(answer.text)), `${id}: ${JSON.stringify(validate.errors)} of ${answer.text}`)
  }
  const asked = new Set([...QUESTIONS.map(([id]) => id), ...ELSEWHERE])
  assert.equal(
    OPERATIONS.map(({ id }) => id).filter((id) => !asked.has(id)),
    [],
  )
})

test('errors are what the document says', async () => {
  await using scene = await ControlScene.create()
  const { components } = await documentOf(scene)
  const validate = new Ajv2020({ strict: false }).compile(components.schemas['Error'] as object)
  for (const [method, path, body] of [
    ['GET', '/nothing', undefined],
    ['PUT', '/v1/interfaces/eth0/configuration', { type: 'ethernet', mtu: 'x' }],
    ['POST', '/v1/ping', { host: '192.0.2.1', ifname: 'none' }],
  ] as const) {
    const { text } = await scene.ask(method, path, body)
    assert.ok(validate(JSON.parse(text)), `${text}: ${JSON.stringify(validate.errors)}`)
  }
})

test.run()
