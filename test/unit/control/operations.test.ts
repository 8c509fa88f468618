import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ControlScene, STATIC } from '../../support/control-scene.js'

const CONFIGURATION = '/v1/interfaces/eth0/configuration'

async function within(
  work: (scene: ControlScene) => Promise<void>,
  control: Parameters<typeof ControlScene.create>[1] = {},
): Promise<void> {
  await using scene = await ControlScene.create({}, control)
  await work(scene)
}

const errorOf = (body: Record<string, unknown>): { code: string; field?: string; message: string } =>
  body['error'] as { code: string; field?: string; message: string }

test('a configuration is taken, told, and taken away again', () =>
  within(async (scene) => {
    const put = await scene.json('PUT', CONFIGURATION, STATIC)
    assert.is(put.status, 200)
    assert.is(put.body['persistence'], 'saved')
    assert.equal((put.body['configuration'] as typeof STATIC).ipv4.address, '192.0.2.2')
    await scene.net.until(['interface', 'eth0', 'state'], 'configured')
    assert.equal((await scene.json('GET', CONFIGURATION)).body, put.body)
    assert.is((await scene.json('DELETE', CONFIGURATION)).status, 200)
    await scene.net.until(['interface', 'eth0', 'type'], 'null')
  }))

test('persist=false saves nothing', () =>
  within(async (scene) => {
    const { body } = await scene.json('PUT', `${CONFIGURATION}?persist=false`, STATIC)
    assert.is(body['persistence'], 'not-saved')
    assert.is(errorOf((await scene.json('PUT', `${CONFIGURATION}?persist=no`, STATIC)).body).field, 'persist')
  }))

test('a wrong configuration is refused with its field, and the nearest known key', () =>
  within(async (scene) => {
    const { status, body } = await scene.json('PUT', CONFIGURATION, { type: 'ethernet', ipv5: {} })
    assert.is(status, 400)
    assert.is(errorOf(body).field, 'ipv5')
    assert.match(errorOf(body).message, 'did you mean "ipv4"?')
    assert.is((await scene.json('GET', CONFIGURATION)).status, 404)
  }))

test('path tricks in interface names are refused, whatever they are spelled like', () =>
  within(async (scene) => {
    for (const name of [
      '..',
      '%2e%2e',
      '..%2F..%2Fetc',
      'a%2Fb',
      '%00',
      'a%0Ab',
      'e'.repeat(16),
      'e'.repeat(300),
      '..%2f..%2f..%2fetc%2fpasswd',
      '%252e%252e',
      'eth%25d',
      '%E0%A4%A',
    ]) {
      const { status, text } = await scene.ask('PUT', `/v1/interfaces/${name}/configuration`, STATIC)
      assert.ok(status === 400 || status === 404, `${name}: ${status}`)
      assert.not(text.includes('HTTP_INTERNAL'), name)
    }
    assert.equal(scene.net.configuredInterfaces(), [])
  }))

test('secrets never come back: not in configurations, plans, properties, snapshots, errors', () =>
  within(async (scene) => {
    const secret = 'a passphrase of mine'
    const config = { type: 'wifi', wifi: { networks: [{ ssid: 'Home', keyMgmt: 'wpa-psk', psk: secret }] } }
    scene.world.kernel.lab.addLink({ ifname: 'wlan0', lowerUp: false })
    const refused = (more: object) => ({
      type: 'wifi',
      wifi: { networks: [{ ssid: 'Home', keyMgmt: 'wpa-psk', ...more }] },
    })
    const answers = [
      await scene.ask('PUT', '/v1/interfaces/wlan0/configuration', config),
      await scene.ask('GET', '/v1/interfaces/wlan0/configuration'),
      await scene.ask('POST', '/v1/interfaces/wlan0/plan', config),
      await scene.ask('GET', '/v1/properties'),
      await scene.ask('GET', '/v1/snapshot'),
      await scene.ask('GET', '/v1/info'),
      await scene.ask('PUT', '/v1/interfaces/wlan0/configuration', refused({ psk: `${secret}${'x'.repeat(80)}` })),
      await scene.ask('PUT', '/v1/interfaces/wlan0/configuration', refused({ psk: [secret] })),
      await scene.ask('PUT', '/v1/interfaces/wlan0/configuration', refused({ passphrse: secret })),
      await scene.ask('PUT', '/v1/interfaces/wlan0/configuration', `{"psk": "${secret}`),
    ]
    assert.equal(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200, 200, 400, 400, 400, 400],
    )
    const spoken = answers.map(({ text }) => text).join('\n')
    assert.match(spoken, '....')
    const { psk } = (scene.net.getConfiguration('wlan0') as typeof config & { wifi: { networks: { psk: string }[] } })
      .wifi.networks[0] ?? { psk: '' }
    for (const hidden of [secret, psk]) assert.not(spoken.includes(hidden))
  }))

test('a mask does not take the place of a secret', () =>
  within(async (scene) => {
    const config = { type: 'wifi', wifi: { networks: [{ ssid: 'Home', keyMgmt: 'sae', saePassword: '....' }] } }
    const { status, body } = await scene.json('PUT', CONFIGURATION, config)
    assert.is(status, 400)
    assert.is(errorOf(body).field, 'wifi.networks.0.saePassword')
  }))

test('raw text for the supplicant is taken only with allowRaw', async () => {
  const config = { type: 'wifi', wifi: { wpaSupplicantConf: 'network={\n}\n' } }
  const raw = { command: 'command', args: ['STATUS'] }
  await within(async (scene) => {
    for (const [method, path, body] of [
      ['PUT', CONFIGURATION, config],
      ['POST', '/v1/interfaces/eth0/plan', config],
      ['POST', '/v1/apply', { configs: { eth0: config }, confirmWithinMs: 1000 }],
      ['POST', '/v1/interfaces/eth0/ioctl', raw],
    ] as const) {
      const answer = await scene.json(method, path, body)
      assert.is(answer.status, 403, path)
      assert.match(errorOf(answer.body).message, '--allow-raw')
    }
  })
  await within(
    async (scene) => {
      assert.is((await scene.json('POST', '/v1/interfaces/eth0/plan', config)).status, 200)
      assert.is((await scene.json('POST', '/v1/interfaces/eth0/ioctl', raw)).status, 409)
    },
    { allowRaw: true },
  )
})

test('neither programs nor steps can be given: they are no keys of any body', () =>
  within(async (scene) => {
    const steps = [{ type: 'run', program: '/bin/sh', args: [] }]
    for (const [path, body] of [
      ['/v1/interfaces/eth0/plan', { ...STATIC, up: steps }],
      ['/v1/interfaces/eth0/plan', { ...STATIC, programs: { udhcpc: '/bin/sh' } }],
      ['/v1/apply', { configs: { eth0: STATIC }, confirmWithinMs: 1000, programs: {} }],
      ['/v1/apply', { configs: { eth0: { ...STATIC, services: steps } }, confirmWithinMs: 1000 }],
      ['/v1/ping', { host: '192.0.2.1', program: '/bin/sh' }],
    ] as const) {
      const answer = await scene.json('POST', path, body)
      assert.is(answer.status, 400, JSON.stringify(body))
      assert.match(errorOf(answer.body).message, 'unknown key')
    }
    assert.equal(scene.world.daemons.children, [])
  }))

test('a change is applied, told, confirmed and rolled back', () =>
  within(async (scene) => {
    const body = { configs: { eth0: STATIC }, confirmWithinMs: 60_000 }
    const applied = await scene.json('POST', '/v1/apply', body)
    assert.is(applied.status, 200)
    assert.equal(applied.body['interfaces'], ['eth0'])
    assert.equal((await scene.json('GET', '/v1/checkpoint')).body['checkpoint'], applied.body)
    const second = await scene.json('POST', '/v1/apply', body)
    assert.is(second.status, 409)
    assert.match(errorOf(second.body).message, String(applied.body['id']))
    assert.equal((await scene.json('POST', '/v1/checkpoint/rollback', {})).body, { id: applied.body['id'] })
    assert.equal((await scene.json('GET', '/v1/checkpoint')).body['checkpoint'], null)
    const late = await scene.json('POST', '/v1/checkpoint/confirm', { id: applied.body['id'] })
    assert.is(late.status, 409)
    assert.match(errorOf(late.body).message, 'rolled back')
    const again = await scene.json('POST', '/v1/apply', body)
    assert.is((await scene.json('POST', '/v1/checkpoint/confirm', { id: again.body['id'] })).status, 200)
    assert.is(scene.net.get(['interface', 'eth0', 'persistence']), 'saved')
    assert.is((await scene.json('POST', '/v1/checkpoint/confirm', {})).status, 409)
    assert.equal(scene.net.get(['checkpoints']), { applied: 2, confirmed: 1, rolledBack: 1 })
  }))

test('routes are told with the reason for each, links with their addresses', () =>
  within(async (scene) => {
    await scene.json('PUT', CONFIGURATION, STATIC)
    await scene.net.until(['interface', 'eth0', 'state'], 'configured')
    await scene.net.until(['available_interfaces'], ['eth0'])
    const { body } = await scene.json('GET', '/v1/routes')
    const routes = body['routes'] as { destination: string; table: number; reason: string }[]
    const main = routes.find(({ destination, table }) => destination === 'default' && table === 254)
    assert.match(String(main?.reason), /^configured for eth0; metric \d+ as number 1 of 1, lan$/)
    const own = routes.find(({ destination, table }) => destination === 'default' && table !== 254)
    assert.match(String(own?.reason), 'for packets from 192.0.2.2')
    const links = (await scene.json('GET', '/v1/links')).body['links'] as { ifname: string; addresses: unknown[] }[]
    assert.equal(links.find(({ ifname }) => ifname === 'eth0')?.addresses, [
      { family: 4, address: '192.0.2.2', prefixLength: 24 },
    ])
  }))

test('a ping goes through the engine, and its errors name the field', () =>
  within(async (scene) => {
    scene.world.kernel.lab.probes(() => ({ outcome: 'connected', ms: 3 }))
    const { status, body } = await scene.json('POST', '/v1/ping', { host: '192.0.2.1', ifname: 'eth0', port: 53 })
    assert.is(status, 200, JSON.stringify(body))
    assert.is(body['outcome'], 'connected')
    assert.is(errorOf((await scene.json('POST', '/v1/ping', { host: 5 })).body).field, 'host')
    assert.is((await scene.json('POST', '/v1/ping', { host: '192.0.2.1', ifname: 'nope' })).status, 404)
  }))

test('what is not there, and what is asked in the wrong way, is told so', () =>
  within(async (scene) => {
    const cases: [string, string, unknown, number, string][] = [
      ['GET', '/v2/nothing', undefined, 404, 'HTTP_NOT_FOUND'],
      ['DELETE', '/v1/ping', undefined, 405, 'HTTP_METHOD_NOT_ALLOWED'],
      ['POST', '/v1/ping', 'no JSON', 400, 'HTTP_NOT_JSON'],
      ['POST', '/v1/ping', '[]', 400, 'HTTP_NOT_JSON'],
      ['GET', '/v1/properties?pattern=[1]', undefined, 400, 'ERR_INVALID_CONFIG'],
      ['GET', `/v1/properties?pattern=${'a/'.repeat(40)}`, undefined, 400, 'ERR_INVALID_CONFIG'],
      ['GET', `/v1/changes?pattern=${'a/'.repeat(40)}`, undefined, 400, 'ERR_INVALID_CONFIG'],
      ['GET', '/metrics', undefined, 501, 'HTTP_NO_METRICS'],
      ['POST', '/v1/interfaces/eth0/scan', undefined, 409, 'ERR_NOT_CONFIGURED'],
    ]
    for (const [method, path, body, status, code] of cases) {
      const answer = await scene.json(method, path, body)
      assert.is(answer.status, status, path)
      assert.is(errorOf(answer.body).code, code)
    }
    const typed = await scene.ask('POST', '/v1/ping', '{"host":"192.0.2.1"}', { 'content-type': 'text/plain' })
    assert.is(typed.status, 415)
  }))

test.run()
