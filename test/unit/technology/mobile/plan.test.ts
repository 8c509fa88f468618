import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { maskPlan } from '../../../../lib/technology/mask-plan.js'
import { mobile, mobileTechnology } from '../../../../lib/technology/mobile/index.js'
import type { DaemonService, PartService, Plan } from '../../../../lib/technology/plan.js'

const CONTEXT = { tmpDir: 'T', udhcpcHandlerPath: 'N', handlersPath: '/hs', hostname: 'b', regulatoryDomain: '00' }

function plan(config: object, technology = mobile): Plan {
  const base = { type: 'mobile', serviceProviders: [{ apn: 'm2m.example' }], ...config }
  return technology.plan('ppp0', technology.normalize(base), CONTEXT)
}

const scriptOf = ({ files }: Plan): string => files.find(({ path }) => path === 'T/chatscript.ppp0')?.content ?? ''
const optionsOf = ({ files }: Plan): string => files.find(({ path }) => path === 'T/ppp-options.ppp0')?.content ?? ''
const daemonOf = ({ services }: Plan) => services.find(({ type }) => type === 'daemon') as DaemonService
const partOf = ({ services }: Plan) => services.find(({ type }) => type === 'part') as PartService
const calls = (steps: Plan['up']) =>
  steps.map((step) =>
    step.type === 'run' ? [step.program, ...step.args].join(' ') : step.type === 'call' && step.name,
  )

const PROLOGUE = `ABORT 'BUSY'
ABORT 'NO CARRIER'
ABORT 'NO DIALTONE'
ABORT 'NO DIAL TONE'
ABORT 'NO ANSWER'
ABORT 'DELAYED'
TIMEOUT 10
REPORT CONNECT
"" +++
"" AT
OK ATH
OK ATZ
OK ATQ0
`

test('E1: pppd behind its modem, and the conversation beside it', () => {
  const made = plan({ modem: 'quectel-ec25' })
  assert.equal(made.requires, [])
  assert.is(scriptOf(made), `${PROLOGUE}OK AT+CGDCONT=1,"IP","m2m.example"\nOK ATDT*99***1#\nCONNECT ''\n`)
  const pppd = daemonOf(made)
  assert.equal(pppd.args, [
    ...['connect', 'chat -v -s -S -f T/chatscript.ppp0', '/dev/ttyUSB3', '9600', 'nodetach', 'noipdefault', 'noauth'],
    ...['usepeerdns', 'nodefaultroute', 'ifname', 'ppp0'],
    ...['ip-up-script', '/hs/ip-up.sh', 'ip-down-script', '/hs/ip-down.sh'],
    ...['lcp-echo-interval', '20', 'lcp-echo-failure', '3', 'file', 'T/ppp-options.ppp0'],
  ])
  assert.is(pppd.program, 'pppd')
  assert.is(pppd.whileOpened, true)
  assert.equal(pppd.reader?.args, {})
  assert.equal(partOf(made).args, {
    modem: 'quectel-ec25',
    daemon: 'pppd',
    pppPort: '/dev/ttyUSB3',
    atPort: '/dev/ttyUSB2',
    speed: 9_600,
    monitors: ['signal', 'cell'],
  })
  assert.equal(calls(made.up), ['mknod /dev/ppp c 108 0', 'mkdir -p /var/run/pppd/lock'])
  assert.ok(made.up.every((step) => step.type === 'run' && step.ignoreErrors))
  assert.equal(calls(made.down), ['forget-modem'])
  assert.is(made.restart, 'one-for-one')
  assert.is(made.connectivity, 'internet')
})

test('E2: ports, speeds, monitors and dialling of the others', () => {
  const sierra = plan({ modem: 'sierra-hl8548' })
  assert.equal(daemonOf(sierra).args.slice(2, 4), ['/dev/ttyACM4', '115200'])
  const { atPort, monitors } = partOf(sierra).args as { atPort: string; monitors: string[] }
  assert.is(atPort, '/dev/ttyACM3')
  assert.equal(monitors, ['signal'])
  const huawei = plan({ modem: 'huawei-e3372' })
  assert.is(daemonOf(huawei).args[2], '/dev/ttyUSB0')
  assert.match(scriptOf(huawei), '\nOK ATDT*99#\n')
  assert.equal((partOf(plan({ modem: 'telit-le910' })).args as { monitors: string[] }).monitors, ['signal'])
  assert.is('atPort' in (partOf(plan({ modem: 'generic', pppTty: 'ttyS1' })).args as object), false)
})

test('E3: what a BG96 searches for', () => {
  const lines = (scan: string[]) =>
    [...scriptOf(plan({ modem: 'quectel-bg96', scan })).matchAll(/^OK AT\+QCFG="(\w+)",(\d+)$/gm)].map(
      ([, name, value]) => `${name} ${value}`,
    )
  assert.equal(lines(['gsm']), ['nwscanseq 01', 'nwscanmode 1', 'iotopmode 0'])
  assert.equal(lines(['lte-cat-nb1']), ['nwscanseq 03', 'nwscanmode 3', 'iotopmode 1'])
  assert.equal(lines(['gsm', 'lte-cat-nb1', 'lte-cat-m1']), ['nwscanseq 010302', 'nwscanmode 0', 'iotopmode 2'])
  assert.equal(lines(['lte-cat-m1']), ['nwscanseq 02', 'nwscanmode 3', 'iotopmode 0'])
})

test('E4: lines of the user stand before the one that dials, behind those of the modem', () => {
  const made = plan({ modem: 'quectel-bg96', chatscriptAdditions: '\n  OK AT+COPS=0\n\n' })
  assert.match(scriptOf(made), /"iotopmode",2\nOK AT\+COPS=0\nOK ATDT\*99\*\*\*1#\nCONNECT ''\n$/)
  // They may hold secrets, which chat would tell.
  assert.is(daemonOf(made).args[1], 'chat -s -S -f T/chatscript.ppp0')
  assert.is(JSON.stringify(maskPlan(made)).includes('AT+COPS'), false)
})

test('E18: a TOBY-L2 is set up in flight mode, with both names', () => {
  const made = plan({
    modem: 'ublox-toby-l2',
    serviceProviders: [
      { apn: 'm2m.example', usage: 'pdp' },
      { apn: 'lte.example', usage: 'eps-bearer' },
    ],
  })
  const script = scriptOf(made)
  assert.ok(script.startsWith(PROLOGUE.replace('TIMEOUT 10', 'TIMEOUT 120')))
  const told = script.split('\n').filter((line) => line.startsWith('OK AT+'))
  assert.equal(told, [
    'OK AT+CFUN=4',
    'OK AT+CGDEL',
    'OK AT+UCGDFLT=1,"IP","lte.example"',
    'OK AT+CGDCONT=1,"IP","m2m.example"',
    'OK AT+CFUN=1',
  ])
  assert.ok(script.endsWith("\nOK ATDT*99***1#\nCONNECT ''\n"))
})

test('E20: user name and password stand in a secret file, quoted, and nowhere else', () => {
  const password = 'p"a\\s s#w'
  const made = plan({
    modem: 'quectel-ec25',
    pin: '4321',
    serviceProviders: [{ apn: 'a', user: 'u ser', password, auth: 'pap' }],
  })
  assert.is(
    optionsOf(made),
    'user "u ser"\npassword "p\\"a\\\\s s#w"\nrefuse-chap\nrefuse-mschap\nrefuse-mschap-v2\nrefuse-eap\n',
  )
  const file = made.files.find(({ path }) => path === 'T/ppp-options.ppp0')
  assert.is(file?.mode, 0o600)
  assert.is(file?.secret, true)
  const shown = JSON.stringify(maskPlan(made))
  for (const secret of [JSON.stringify(password).slice(1, -1), '4321', 'u ser\\"']) {
    assert.is(shown.includes(secret), false, secret)
  }
  assert.is(daemonOf(made).args.join(' ').includes('s#w'), false)
  assert.is(optionsOf(plan({ modem: 'quectel-ec25' })), '')
  const chap = plan({ modem: 'quectel-ec25', serviceProviders: [{ apn: 'a', user: 'u', auth: 'chap' }] })
  assert.is(optionsOf(chap), 'user "u"\nrefuse-pap\nrefuse-eap\n')
})

test('E16: whatever text stands in a value, no line and no word more begins', () => {
  let seed = 20_261_130
  const dice = (sides: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return (seed >> 8) % sides
  }
  const CHARACTERS = [...'ab.-_/1"\'\\\n\r\t\0 ^$`;#%&|<>(){}é\u2028']
  const text = (): string => Array.from({ length: 1 + dice(8) }, () => CHARACTERS[dice(CHARACTERS.length)]).join('')
  const plain = plan({ modem: 'quectel-ec25' })
  const linesOf = (made: string): number => made.split('\n').length
  let taken = 0
  for (let round = 0; round < 5_000; round += 1) {
    const [apn, user, password, pppTty] = [
      dice(2) === 0 ? 'a.b' : text(),
      text(),
      text(),
      dice(2) === 0 ? 'ttyS1' : text(),
    ]
    const made = (() => {
      try {
        return plan({ modem: 'quectel-ec25', serviceProviders: [{ apn, user, password }], pppTty })
      } catch (thrown) {
        assert.is((thrown as { code?: string }).code, 'ERR_INVALID_CONFIG', String(thrown))
        return undefined
      }
    })()
    if (made === undefined) continue
    taken += 1
    assert.is(linesOf(scriptOf(made)), linesOf(scriptOf(plain)))
    assert.is(daemonOf(made).args.length, daemonOf(plain).args.length)
    assert.match(daemonOf(made).args[2] ?? '', /^\/dev\/[\w.:@+/-]+$/)
    // As pppd reads a word: between quotation marks a backslash takes the next character as it is.
    const words = [...optionsOf(made).matchAll(/^(user|password) "((?:[^"\\]|\\[\s\S])*)"$/gm)]
    const read = words.map(([, , quoted = '']) => quoted.replaceAll(/\\([\s\S])/g, '$1'))
    assert.equal(read, [user, password])
    assert.is(linesOf(optionsOf(made)), 3)
  }
  assert.ok(taken > 100, String(taken))
})

test('a directory whose name a shell would take apart stays one word', () => {
  const config = mobile.normalize({ type: 'mobile', modem: 'quectel-ec25', serviceProviders: [{ apn: 'a' }] })
  const made = mobile.plan('ppp0', config, { ...CONTEXT, tmpDir: "/run/it's; reboot" })
  assert.is(daemonOf(made).args[1], "chat -v -s -S -f '/run/it'\\''s; reboot/chatscript.ppp0'")
})

test('metric and name servers are the reader of pppd to heed; verbose asks it for more', () => {
  const made = plan({ modem: 'quectel-ec25', metric: 9, ignoreDns: true, verbose: true })
  assert.equal(daemonOf(made).reader?.args, { metric: 9, ignoreDns: true })
  assert.ok(daemonOf(made).args.includes('debug'))
})

test('E6: an automatic modem is looked for; each that is known has a plan', () => {
  const made = plan({ modem: 'automatic' })
  assert.equal(made.requires, [])
  assert.is(made.connectivity, 'none')
  assert.equal(made.files, [])
  assert.equal(
    made.services.map(({ name }) => name),
    ['discovery'],
  )
  assert.equal(partOf(made).args, {
    modems: {
      '2c7c:0296': { plan: 'quectel-bg96', pppPort: '/dev/ttyUSB3' },
      '2c7c:0125': { plan: 'quectel-ec25', pppPort: '/dev/ttyUSB3' },
      '2c7c:0121': { plan: 'quectel-ec21', pppPort: '/dev/ttyUSB3' },
      '1bc7:1201': { plan: 'telit-le910', pppPort: '/dev/ttyUSB3' },
    },
  })
  const ec21 = made.alternatives?.['quectel-ec21']
  assert.ok(ec21)
  assert.equal(ec21.source, made.source)
  assert.match(scriptOf(ec21), '"m2m.example"')
  assert.is((partOf(ec21).args as { found: boolean }).found, true)
})

test('E19: a modem of the user has its own lines, and is found by its own device', () => {
  const technology = mobileTechnology([
    {
      name: 'acme-9000',
      pppTty: 'ttyACM0',
      atTty: 'ttyACM1',
      speed: 115_200,
      monitors: ['signal'],
      usbIds: ['1d6b:0104'],
      dial: 'ATD*98#',
      answerTimeoutSeconds: 30,
      script: ({ serviceProviders: [provider] }) => [`OK AT^APN=${provider?.apn}`],
    },
  ])
  const made = plan({ modem: 'acme-9000', chatscriptAdditions: 'OK AT+X' }, technology)
  assert.ok(scriptOf(made).includes('TIMEOUT 30\n'))
  assert.ok(scriptOf(made).endsWith("OK AT^APN=m2m.example\nOK AT+X\nOK ATD*98#\nCONNECT ''\n"))
  assert.ok(plan({ modem: 'automatic' }, technology).alternatives?.['acme-9000'])
})

test('E19: what the script of a modem of the user says is a secret, found or named, also in the place of a built-in one', () => {
  const script = () => ['OK AT^AUTH="sunny-day-42"']
  const device = { pppTty: 'ttyACM0', speed: 115_200, monitors: [], usbIds: ['1d6b:0104'], script }
  const technology = mobileTechnology(['acme-9000', 'quectel-ec25'].map((name) => ({ name, ...device })))
  const automatic = plan({ modem: 'automatic' }, technology)
  const made = [
    plan({ modem: 'acme-9000' }, technology),
    plan({ modem: 'quectel-ec25' }, technology),
    automatic.alternatives?.['acme-9000'],
  ]
  for (const one of made) {
    assert.ok(one)
    assert.ok(scriptOf(one).includes('sunny-day-42'))
    assert.is(one.files.find(({ path }) => path === 'T/chatscript.ppp0')?.secret, true)
    assert.is(daemonOf(one).args[1], 'chat -s -S -f T/chatscript.ppp0')
    assert.is(JSON.stringify(maskPlan(one)).includes('sunny-day-42'), false)
  }
  assert.is(JSON.stringify(maskPlan(automatic)).includes('sunny-day-42'), false)
})

test.run()
