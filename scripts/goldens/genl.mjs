// Captures the goldens of generic netlink again: node scripts/goldens/genl.mjs. Builds the program that asks the kernel, runs
// genl-scene.sh in a virtual machine and writes test/fixtures/netlink/{wireguard,nl80211,family}/*.{bin,json}.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT, run } from '../setup/step.mjs'
import { ensureSystemPackages } from '../setup/system-packages.mjs'
import { family, interfaces, reg, scan, station, wiphy, wireguard } from './genl-expectations.mjs'

const BUILD = 'build-goldens'
const TIMEOUT_S = 240

/** Fixture → what the tools say of it; `undefined` where none of them can (events that are over). */
const FIXTURES = {
  'family/wireguard': ['family-wireguard', (text) => family(text('family-wireguard'))],
  'family/nl80211': ['family-nl80211', (text) => family(text('family-nl80211'))],
  'wireguard/device': ['wireguard', (text) => wireguard(text('wireguard'))],
  'wireguard/new': ['wireguard-new', (text) => wireguard(text('wireguard-new'))],
  'wireguard/many': ['wireguard-many', (text) => wireguard(text('wireguard-many'))],
  'nl80211/wiphy': ['wiphy', (text) => wiphy(text('wiphy'))],
  'nl80211/interface': ['interface', (text) => interfaces(text('interface'))],
  'nl80211/scan': ['scan', (text) => scan(text('scan'), text('scan-flags'))],
  'nl80211/station': ['station', (text) => station(text('station'))],
  'nl80211/reg': ['reg', (text) => reg(text('reg'))],
  'nl80211/events': ['wireless-events', undefined],
}

await ensureSystemPackages(['build', 'lab', 'virtual machine', 'radios'])
await run('cmake', [
  '-S',
  '.',
  '-B',
  BUILD,
  '-G',
  'Ninja',
  '-DVN_ADDON=OFF',
  '-DVN_TOOLS=ON',
  '-DCMAKE_BUILD_TYPE=Debug',
])
await run('cmake', ['--build', BUILD, '--parallel', '2', '--target', 'vn_capture_genl'])
const out = mkdtempSync(join(tmpdir(), 'genl-goldens-'))
try {
  const scene = ['bash', join(ROOT, 'scripts/goldens/genl-scene.sh'), join(ROOT, BUILD, 'vn_capture_genl'), out]
  const machine = ['-t', String(TIMEOUT_S), '-w', out, '-M', 'wireguard,veth', '--']
  await run('bash', [join(ROOT, 'test/vm/run-in-vm.sh'), ...machine, ...scene])
  const text = (name) => readFileSync(join(out, `${name}.txt`), 'utf8')
  for (const [name, [capture, expect]] of Object.entries(FIXTURES)) {
    const path = join(ROOT, 'test/fixtures/netlink', name)
    mkdirSync(dirname(path), { recursive: true })
    copyFileSync(join(out, `${capture}.bin`), `${path}.bin`)
    if (expect !== undefined) writeFileSync(`${path}.json`, `${JSON.stringify(expect(text), null, 2)}\n`)
  }
} finally {
  rmSync(out, { recursive: true, force: true })
}
