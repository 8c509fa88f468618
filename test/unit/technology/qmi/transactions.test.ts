import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import type { Frame } from '../../../../lib/technology/qmi/codec/frame.js'
import { decodeTlvs } from '../../../../lib/technology/qmi/codec/tlv.js'
import { type Question, Transactions } from '../../../../lib/technology/qmi/transactions.js'
import { SimulatedClock } from '../../../../lib/testing/simulated-clock.js'

const CTL: Question = { service: 0, client: 0, name: 'ctl', limitMs: 4_000 }
const NAS: Question = { service: 3, client: 5, name: 'nas', limitMs: 5_000 }
const NOTHING = decodeTlvs(new Uint8Array())

function made() {
  const clock = new SimulatedClock()
  const silent: string[] = []
  const transactions = new Transactions({ ifname: 'wwan0', clock, onTimeout: (name) => void silent.push(name) })
  return { clock, silent, transactions }
}

const answerTo = ({ service, client }: Question, transaction: number): Frame => ({
  service,
  client,
  kind: 'response',
  transaction,
  message: 1,
  tlvs: NOTHING,
})

/** The number that the next question gets; it is answered at once. */
async function numberOf(transactions: Transactions, question: Question): Promise<number> {
  let number = 0
  await transactions.ask(question, async (transaction) => {
    number = transaction
    transactions.answer(answerTo(question, transaction))
  })
  return number
}

test('F16: numbers begin at 1 and 256, and begin again behind 255 and 65535', async () => {
  const { transactions } = made()
  const ctl: number[] = []
  for (let at = 0; at < 257; at += 1) ctl.push(await numberOf(transactions, CTL))
  assert.equal([ctl[0], ctl[254], ctl[255], ctl[256]], [1, 255, 1, 2])
  let last = 0
  for (let at = 256; at <= 65_535; at += 1) last = await numberOf(transactions, NAS)
  assert.is(last, 65_535)
  assert.is(await numberOf(transactions, NAS), 256)
})

test('a number that still waits is not given again', async () => {
  const { transactions } = made()
  const waiting = transactions.ask(CTL, async () => undefined)
  for (let at = 0; at < 254; at += 1) await numberOf(transactions, CTL)
  assert.is(await numberOf(transactions, CTL), 2, 'number 1 is taken')
  assert.ok(transactions.answer(answerTo(CTL, 1)))
  await waiting
})

test('an answer reaches whoever asked: by service, client and number', async () => {
  const { transactions } = made()
  const answered = transactions.ask(NAS, async () => undefined)
  assert.not.ok(transactions.answer({ ...answerTo(NAS, 256), client: 6 }))
  assert.not.ok(transactions.answer({ ...answerTo(NAS, 256), service: 1 }))
  assert.not.ok(transactions.answer(answerTo(NAS, 257)))
  assert.ok(transactions.answer(answerTo(NAS, 256)))
  assert.is((await answered).transaction, 256)
  assert.not.ok(transactions.answer(answerTo(NAS, 256)), 'only once')
})

test('time, too many questions, what cannot be sent, and the end are errors of their own', async () => {
  const { clock, silent, transactions } = made()
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'answered',
      (thrown: unknown) => (isNetworkError(thrown) ? thrown.code : String(thrown)),
    )
  const late = codeOf(transactions.ask(NAS, async () => undefined))
  await clock.advance(5_000)
  assert.is(await late, 'ERR_TIMEOUT')
  assert.equal(silent, ['nas'])
  assert.is(await codeOf(transactions.ask(NAS, () => Promise.reject(new Error('gone')))), 'Error: gone')
  const waiting = Array.from({ length: 64 }, () => codeOf(transactions.ask(NAS, async () => undefined)))
  assert.is(await codeOf(transactions.ask(NAS, async () => undefined)), 'ERR_BUSY')
  transactions.end(new (await import('../../../../lib/errors.js')).NetworkError('ERR_STOPPED', 'over'))
  assert.equal(new Set(await Promise.all(waiting)), new Set(['ERR_STOPPED']))
})

test.run()
