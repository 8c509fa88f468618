/** Secrets stay in the daemon: nothing that it answers, tells or logs, and nothing that its command line prints, holds one. */

import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ask } from '../support/control-scene.js'
import { DaemonProcess, vintageNet, writeDaemonConfig } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'
import { SystemScene } from '../support/system-scene.js'

const key = (letter: string): string => Buffer.alloc(32, letter).toString('base64')
const CANARY = {
  psk: 'canary-passphrase',
  password: 'canary-of-the-provider',
  eapPassword: 'canary-of-the-enterprise',
  identity: 'canary-identity',
  pin: '73918462',
  privateKey: key('p'),
  presharedKey: key('s'),
  persistenceSecret: '00c0ffee00c0ffee00c0ffee00c0ffee',
} as const
const SECRETS = Object.values(CANARY)

const wifi = (psk: unknown) => ({
  type: 'wifi',
  wifi: {
    networks: [
      { ssid: 'Home', keyMgmt: 'wpa-psk', psk },
      { ssid: 'Work', keyMgmt: 'wpa-eap', eap: 'PEAP', identity: CANARY.identity, password: CANARY.eapPassword },
    ],
  },
})
const CONFIGS = {
  wlan0: wifi(CANARY.psk),
  ppp0: {
    type: 'mobile',
    modem: 'quectel-bg96',
    pin: CANARY.pin,
    serviceProviders: [{ apn: 'example', user: 'somebody', password: CANARY.password }],
  },
  wg0: {
    type: 'wireguard',
    privateKey: CANARY.privateKey,
    addresses: [{ address: '192.0.2.9', prefixLength: 32 }],
    peers: [{ publicKey: key('q'), presharedKey: CANARY.presharedKey, allowedIps: ['198.51.100.0/24'] }],
  },
} as const
/** Each with a secret in a place where it is wrong. */
const WRONG: readonly [ifname: string, config: unknown][] = [
  ['wlan0', wifi(`${CANARY.psk}${'x'.repeat(80)}`)],
  ['wlan0', wifi([CANARY.psk])],
  ['wlan0', { ...wifi(CANARY.psk), passphrse: CANARY.psk }],
  ['wlan0', { ...wifi(CANARY.psk), type: 'wfi' }],
  ['ppp0', { ...CONFIGS.ppp0, pin: `${CANARY.pin}x` }],
  ['ppp0', { ...CONFIGS.ppp0, serviceProviders: [{ apn: 'example', password: { is: CANARY.password } }] }],
  ['wg0', { ...CONFIGS.wg0, privateKey: `${CANARY.privateKey}=` }],
  ['wg0', { ...CONFIGS.wg0, peers: [{ publicKey: key('q'), presharedKey: `x${CANARY.presharedKey}` }] }],
]

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Everything that can be asked for by GET, of each interface where it is one's own; streams aside. */
async function answersOf(socketPath: string): Promise<string[]> {
  const { text } = await ask({ socketPath }, { method: 'GET', path: '/v1/openapi.json' })
  const paths = Object.entries((JSON.parse(text) as OpenApi).paths).flatMap(([path, operations]) =>
    'get' in operations && path !== '/v1/changes' ? [path] : [],
  )
  assert.ok(paths.length >= 10, paths.join(' '))
  const all = paths.flatMap((path) => Object.keys(CONFIGS).map((ifname) => path.replace('{ifname}', ifname)))
  const answers = []
  for (const path of new Set(all)) {
    const answer = await ask({ socketPath }, { method: 'GET', path })
    assert.is(answer.status, 200, `${path}: ${answer.text}`)
    answers.push(answer.text)
  }
  return answers
}

async function refusalsOf(socketPath: string): Promise<string[]> {
  const answers = []
  for (const [ifname, config] of WRONG) {
    const path = `/v1/interfaces/${ifname}`
    const apply = { configs: { [ifname]: config }, confirmWithinMs: 5_000 }
    for (const [method, where, body] of [
      ['PUT', `${path}/configuration`, config],
      ['POST', `${path}/plan`, config],
      ['POST', '/v1/apply', apply],
      ['PUT', `${path}/configuration`, JSON.stringify(config).slice(0, -1)],
    ] as const) {
      const { status, text } = await ask({ socketPath }, { method, path: where, body })
      assert.is(status, 400, `${JSON.stringify(config)}: ${text}`)
      answers.push(text)
    }
  }
  return answers
}

async function commandsOf(socketPath: string, file: string): Promise<string[]> {
  const said = []
  for (const args of [
    ['info'],
    ['info', '--json'],
    ['get'],
    ['get', '--json'],
    ['plan', 'wlan0', JSON.stringify(CONFIGS.wlan0)],
    ['plan', 'wg0', JSON.stringify({ ...CONFIGS.wg0, listenPort: 51_820 }), '--json'],
    ['configure', 'wlan0', JSON.stringify(WRONG[0]?.[1])],
    ['configure', 'wlan0', JSON.stringify(CONFIGS.wlan0).slice(0, -1)],
    ['apply', `@${file}`, '--confirm-within', '30', '--no-wait'],
    ['rollback'],
    ['verify', '--json'],
  ]) {
    const { stdout, stderr } = await vintageNet(socketPath, ...args)
    said.push(stdout, stderr)
  }
  return said
}

test('a canary for each kind of secret is in no answer, no event, no error text, no line of the log and no output', async () => {
  await using scene = await SystemScene.create()
  await scene.lab.ip('link', 'add', 'name', 'wlan0', 'type', 'veth', 'peer', 'name', 'far0')
  const more = { persistenceSecret: CANARY.persistenceSecret }
  const file = await writeDaemonConfig(scene, CONFIGS, more)
  const args = ['--config', file, '--log-level', 'debug']
  await using daemon = await new DaemonProcess(scene, { args }).ready()
  const said: string[] = []
  const over = new AbortController()
  const watching = (async () => {
    for await (const event of daemon.client.events('/v1/changes', over.signal)) said.push(JSON.stringify(event))
  })()
  await eventually('it is heard', () => said.length > 0)
  for (const [ifname, config] of Object.entries(CONFIGS)) {
    // Something differs, so that it is applied anew, with its commands and daemons.
    const body = { ...config, ipv4: { method: 'disabled' } }
    const answer = await ask(daemon, { method: 'PUT', path: `/v1/interfaces/${ifname}/configuration`, body })
    said.push(answer.text)
  }
  said.push(...(await answersOf(daemon.socketPath)))
  said.push(...(await refusalsOf(daemon.socketPath)))
  said.push(...(await commandsOf(daemon.socketPath, file)))
  const text = await readFile(file, 'utf8')
  for (const broken of [
    text.slice(0, -1),
    text.replace(CANARY.psk, CANARY.psk.slice(0, 7)),
    text.replace('"psk"', '"pskk"'),
  ]) {
    const before = daemon.lines.length
    await writeFile(file, broken)
    daemon.signal('SIGHUP')
    await eventually('it is refused', () =>
      daemon.lines.slice(before).some(({ message }) => /not reloaded/.test(message)),
    )
    await using second = new DaemonProcess(scene, { args: ['--config', file] })
    assert.is(await second.ended(), 1)
    said.push(...second.words)
  }
  daemon.signal('SIGTERM')
  assert.is(await daemon.ended(), 0)
  over.abort()
  await watching.catch(() => undefined)
  // All of the log is JSON, what programs of others say in it too.
  assert.equal(daemon.words, [])
  said.push(...daemon.lines.map((line) => JSON.stringify(line)))
  const all = said.join('\n')
  // That there was something to hide, and that it was heard of.
  for (const word of ['....', '"psk"', 'privateKey', 'pin', 'not reloaded']) assert.match(all, word)
  for (const secret of SECRETS) assert.not(all.includes(secret), secret)
  // The files of the daemon are another thing, and not everybody's.
  assert.match(await mustRun('stat', ['-c', '%a', `${scene.folder}/run/private`]), '700')
})

test.run()
