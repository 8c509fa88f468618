/**
 * Bytes that nobody has thought of: every reader of the codec ends with a value or with MalformedMessage, and cutting reads
 * into frames loses nothing that is whole. `SEED` says where the sequence begins; the full check (VINTAGE_NET_FULL) goes on longer.
 */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MalformedMessage } from '../../../../../lib/technology/qmi/codec/bytes.js'
import * as ctl from '../../../../../lib/technology/qmi/codec/ctl.js'
import * as dms from '../../../../../lib/technology/qmi/codec/dms.js'
import { decodeFrame, encodeFrame, type Frame, splitFrames } from '../../../../../lib/technology/qmi/codec/frame.js'
import * as nas from '../../../../../lib/technology/qmi/codec/nas.js'
import { getCellLocation, readOperatorName } from '../../../../../lib/technology/qmi/codec/nas-cell.js'
import { getSystemInfo } from '../../../../../lib/technology/qmi/codec/nas-system-info.js'
import { errorOf } from '../../../../../lib/technology/qmi/codec/request.js'
import type { Tlv, Tlvs } from '../../../../../lib/technology/qmi/codec/tlv.js'
import * as uim from '../../../../../lib/technology/qmi/codec/uim.js'
import { setDataFormat } from '../../../../../lib/technology/qmi/codec/wda.js'
import * as wds from '../../../../../lib/technology/qmi/codec/wds.js'

const ROUNDS = process.env['VINTAGE_NET_FULL'] === '1' ? 1_000_000 : 4_000
const SEED = Number(process.env['SEED'] ?? 1)

/** mulberry32: a seed is a sequence. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Read = (tlvs: Tlvs) => unknown

const REQUESTS = [
  ctl.getVersionInfo(),
  ctl.allocateClientId(3),
  ctl.setInstanceId(1),
  dms.getIds(),
  dms.getModel(),
  dms.getOperatingMode(),
  nas.getSignalStrength(),
  nas.getSignalInfo(),
  nas.getServingSystem(),
  nas.getHomeNetwork(),
  nas.getRfBandInfo(),
  nas.getSystemSelection(),
  getSystemInfo(),
  getCellLocation(),
  uim.getCardStatus(),
  uim.readTransparent(uim.ICCID_FILE),
  uim.verifyPin('1234'),
  setDataFormat('raw-ip'),
  wds.startNetwork({ apn: 'a', family: 4 }),
  wds.getPacketStatus(),
  wds.getCurrentSettings(),
  wds.modifyProfile(true),
]
const READERS: readonly Read[] = [
  ...REQUESTS.flatMap((request): Read[] => [
    request.read,
    ...(request.readFailure === undefined ? [] : [request.readFailure]),
  ]),
  wds.readPacketStatus,
  wds.readEventReport,
  (tlvs) => nas.readServingSystem(tlvs, 'indication'),
  readOperatorName,
  errorOf,
]
/** Types that some reader looks at. */
const TYPES = [...Array.from({ length: 0x48 }, (_, type) => type), 0xe0]

function drawFrame(roll: (below: number) => number): Uint8Array {
  const drawTlv = (): Tlv => [
    TYPES[roll(TYPES.length)] ?? 0,
    Uint8Array.from({ length: roll(4) === 0 ? roll(64) : roll(12) }, () => (roll(3) === 0 ? roll(4) : roll(256))),
  ]
  return encodeFrame({
    service: [0, 1, 2, 3, 0x0b, 0x1a][roll(6)] ?? 0,
    client: roll(256),
    kind: (['request', 'response', 'indication'] as const)[roll(3)] ?? 'response',
    transaction: roll(256),
    message: roll(256),
    tlvs: Array.from({ length: roll(8) }, drawTlv),
  })
}

/** The frame, or undefined where it is malformed; anything else thrown is a fault. */
function decoded(bytes: Uint8Array): Frame | undefined {
  return orMalformed(() => decodeFrame(bytes))
}

function orMalformed<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (thrown) {
    if (thrown instanceof MalformedMessage) return undefined
    throw thrown
  }
}

test('every reader takes every message, whole and damaged', () => {
  const roll = dice(SEED)
  let whole = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const bytes = drawFrame(roll)
    for (let damage = roll(4); damage > 0; damage -= 1) bytes[roll(bytes.length)] = roll(256)
    const frame = decoded(roll(8) === 0 ? bytes.subarray(0, roll(bytes.length)) : bytes)
    if (frame === undefined) continue
    whole += 1
    for (const read of READERS) orMalformed(() => read(frame.tlvs))
  }
  assert.ok(whole > ROUNDS / 10, `${whole} of ${ROUNDS} could be read`)
})

test('frames survive any cut of what carries them', () => {
  const roll = dice(SEED + 1)
  let checked = 0
  for (let round = 0; round < ROUNDS / 20; round += 1) {
    const frames = Array.from({ length: 1 + roll(4) }, () => drawFrame(roll))
    const all = Uint8Array.from(frames.flatMap((frame) => [...frame]))
    const at = roll(all.length + 1)
    const first = splitFrames(new Uint8Array(), all.subarray(0, at))
    const second = splitFrames(first.rest, all.subarray(at))
    const found = [...first.frames, ...second.frames]
    // A cut inside of a frame whose end looks like whole frames cannot be told from a frame that was given up.
    if (second.droppedBytes > 0) continue
    assert.equal(found, frames, `round ${round}`)
    assert.is(second.rest.length, 0)
    checked += 1
  }
  assert.ok(checked > (ROUNDS / 20) * 0.9, `${checked} of ${ROUNDS / 20} were checked`)
})

test('noise ends as dropped bytes, and the next frame is read', () => {
  const roll = dice(SEED + 2)
  for (let round = 0; round < ROUNDS / 20; round += 1) {
    const noise = Uint8Array.from({ length: 1 + roll(40) }, () => roll(256))
    const { rest } = splitFrames(new Uint8Array(), noise)
    const frame = drawFrame(roll)
    const { frames } = splitFrames(rest, frame)
    assert.equal(frames.at(-1), frame, `round ${round}`)
  }
})

test.run()
