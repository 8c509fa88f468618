/** What `confirm` and `apply` say where a confirmed change is not on the disk. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNetOptions } from '../../../lib/options.js'
import { type CliResult, cli } from '../../support/cli-run.js'
import { ControlScene, STATIC } from '../../support/control-scene.js'

type Run = (args: readonly string[]) => Promise<CliResult>

async function within(
  options: VintageNetOptions,
  work: (run: Run, scene: ControlScene) => Promise<void>,
): Promise<void> {
  await using scene = await ControlScene.create(options)
  await work((args) => cli(args, { socket: scene.socketPath }), scene)
}

const APPLY = ['apply', JSON.stringify({ eth0: STATIC }), '--confirm-within', '60']

test('what was confirmed and could not be saved is told so: by confirm, and by apply', async () => {
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  const persistence = {
    list: () => [],
    load: () => undefined,
    save: () => Promise.reject(full),
    clear: () => undefined,
  }
  await within({ persistence }, async (run, { net }) => {
    const applying = run(APPLY)
    const { id } = (await net.until(['checkpoint'], (value) => value !== undefined)) as { id: string }
    const confirmed = await run(['confirm'])
    assert.is(confirmed.out, `${id}: confirmed, not saved (ENOSPC)\n`)
    assert.match(confirmed.error, 'eth0: in force, but not saved (ENOSPC)')
    assert.is(confirmed.status, 1)
    const { status, out } = await applying
    assert.match(out, 'Confirmed, not saved (ENOSPC).')
    assert.is(status, 1)
    assert.equal(await run(['confirm', id]), { status: 0, out: `${id}: confirmed\n`, error: '' })
  })
})

test('where nothing is kept, confirm does not say that it was saved', () =>
  within({ persistence: 'none' }, async (run, { net }) => {
    const applying = run(APPLY)
    const { id } = (await net.until(['checkpoint'], (value) => value !== undefined)) as { id: string }
    assert.equal(await run(['confirm']), { status: 0, out: `${id}: confirmed, not saved\n`, error: '' })
    const { status, out } = await applying
    assert.match(out, 'Confirmed, not saved.')
    assert.is(status, 0)
  }))

test.run()
