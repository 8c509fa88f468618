import * as fs from 'node:fs/promises'
import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { findUnwritableFiles } from '../../../lib/verification/files.js'
import { findMissingFeatures } from '../../../lib/verification/kernel-features.js'
import { findMissingRights } from '../../../lib/verification/rights.js'
import { fakeHost } from './fake-host.js'

const test = suite<{ folder: string }>('checks')
const codes = (findings: readonly { readonly code: string }[]): string[] => findings.map(({ code }) => code)

test.before.each(async (world) => {
  world.folder = await mkdtemp(join(tmpdir(), 'vintage-net-verify-'))
})
test.after.each((world) => rm(world.folder, { recursive: true, force: true }))

test('a kernel that can do everything is found to, and holds what it held before', async () => {
  await using kernel = new FakeKernel()
  const state = async (): Promise<string> =>
    JSON.stringify([await kernel.rules(), await kernel.addresses(), await kernel.routes(), await kernel.nexthops()])
  const before = await state()
  assert.equal(await findMissingFeatures(kernel), [])
  assert.is(await state(), before)
  assert.ok(
    kernel.lab.sent.some(({ type }) => type === 'addRule'),
    'it is tried',
  )
})

test('each feature that the kernel refuses has its code', async () => {
  await using kernel = new FakeKernel()
  const refusedBy = async (type: string): Promise<string[]> => {
    kernel.lab.refuse((command) => command.type === type, 'EOPNOTSUPP')
    return codes(await findMissingFeatures(kernel))
  }
  assert.equal(await refusedBy('addRule'), ['KERNEL_POLICY_ROUTING_MISSING', 'KERNEL_POLICY_ROUTING_MISSING'])
  assert.equal(await refusedBy('addNexthop'), ['KERNEL_NEXTHOP_MISSING'])
  assert.equal(await refusedBy('setSysctl'), ['KERNEL_LINKDOWN_SYSCTL_REFUSED'])
  kernel.lab.refuse((command) => command.type !== 'setSysctl', 'EPERM')
  assert.equal(codes(await findMissingFeatures(kernel)), ['RIGHT_NET_ADMIN_MISSING'])
})

test('rules of ours that stand prove policy routing; a rule like the trial is left alone', async () => {
  await using kernel = new FakeKernel()
  const rule = { family: 4, priority: 32_700, from: '192.0.2.255/32', table: 254, protocol: 4 } as const
  kernel.lab.foreign([{ type: 'addRule', ...rule }])
  await kernel.settled()
  assert.equal(await findMissingFeatures(kernel), [])
  assert.ok((await kernel.rules()).some(({ priority }) => priority === rule.priority))
  await kernel.send([{ type: 'addRule', family: 4, priority: 10_000, from: '192.0.2.2/32', table: 100, protocol: 183 }])
  kernel.lab.refuse((command) => command.type === 'addRule' && command.family === 4, 'EOPNOTSUPP')
  assert.equal(await findMissingFeatures(kernel), [])
})

test('missing capabilities are found, also those that daemons do not inherit', () => {
  const status = (uid: number, effective: string, ambient = '0'): string =>
    `Name:\tnode\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${effective}\nCapAmb:\t${ambient}\n`
  const rights = (text: string, runsPrograms = true): string[] =>
    codes(findMissingRights(fakeHost([], { '/proc/self/status': text }), runsPrograms))
  assert.equal(rights(status(0, '000001ffffffffff')), [])
  assert.equal(rights(status(1000, '0000000000000000')), [
    'RIGHT_NET_ADMIN_MISSING',
    'RIGHT_NET_RAW_MISSING',
    'RIGHT_NET_BIND_SERVICE_MISSING',
  ])
  assert.equal(rights(status(1000, '0000000000003400')), ['RIGHTS_NOT_INHERITED'])
  assert.equal(rights(status(1000, '0000000000003400'), false), [])
  assert.equal(rights(status(1000, '0000000000003400', '0000000000003400')), [])
  assert.equal(rights('nothing of the kind'), [])
})

test('directories and a resolv.conf that can be written are no finding, and nothing is left in them', async ({
  folder,
}) => {
  const question = {
    fs,
    tmpDir: folder,
    persistenceDir: join(folder, 'not/yet/there'),
    resolvConf: join(folder, 'resolv.conf'),
  }
  assert.equal(await findUnwritableFiles(question), [])
  assert.equal(await readdir(folder), [])
  assert.equal(await findUnwritableFiles({ ...question, persistenceDir: undefined, resolvConf: null }), [])
})

test('what cannot be written is named', async ({ folder }) => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  const found = await findUnwritableFiles({
    fs,
    tmpDir: join(file, 'run'),
    persistenceDir: join(file, 'saved'),
    resolvConf: join(file, 'resolv.conf'),
  })
  assert.equal(codes(found), ['TMP_DIR_NOT_WRITABLE', 'PERSISTENCE_DIR_NOT_WRITABLE', 'RESOLV_CONF_NOT_WRITABLE'])
  assert.match(found[0]?.message ?? '', file)
  const full = { ...fs, writeFile: () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })) }
  const inPlace = { fs: full, tmpDir: folder, persistenceDir: undefined, resolvConf: file }
  assert.equal(
    codes(await findUnwritableFiles(inPlace)),
    ['TMP_DIR_NOT_WRITABLE'],
    'resolv.conf can be written in place',
  )
  await chmod(file, 0o644)
})

test('a resolv.conf that is a link of somebody else is a finding, and stays', async ({ folder }) => {
  const resolvConf = join(folder, 'resolv.conf')
  const linkTo = async (target: string): Promise<string[]> => {
    await rm(resolvConf, { force: true })
    await symlink(target, resolvConf)
    const found = codes(
      await findUnwritableFiles({ fs, tmpDir: join(folder, 'run'), persistenceDir: undefined, resolvConf }),
    )
    assert.is(await fs.readlink(resolvConf), target)
    return found
  }
  assert.equal(await linkTo('../run/systemd/resolve/stub-resolv.conf'), ['RESOLV_CONF_SYSTEMD_RESOLVED'])
  assert.equal(await linkTo('/etc/resolvconf/run/resolv.conf'), ['RESOLV_CONF_RESOLVCONF'])
  assert.equal(await linkTo('/somewhere/else'), ['RESOLV_CONF_FOREIGN_LINK'])
  assert.equal(await linkTo('run/resolv.conf'), [])
})

test.run()
