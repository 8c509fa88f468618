/** Recorded conversations with a real wpa_supplicant; test/fixtures/supplicant/README.md says what each is. */

import { readFileSync } from 'node:fs'
import type { RecordedDatagram } from '../../lib/testing/scripted-supplicant.js'

export type RecordingName =
  | 'access-point'
  | 'enterprise'
  | 'enterprise-wrong'
  | 'mesh'
  | 'open'
  | 'push-button'
  | 'wpa2'
  | 'wrong-passphrase'
  | 'wrong-sae-password'

/** The datagrams, without the line that says where they are from. */
export function recording(name: RecordingName): RecordedDatagram[] {
  const text = readFileSync(new URL(`../fixtures/supplicant/${name}.jsonl`, import.meta.url), 'utf8')
  const lines = text.trimEnd().split('\n').slice(1)
  return lines.map((line) => {
    const [direction, atMs, datagram] = JSON.parse(line) as ['<' | '>', number, string]
    return { direction: direction === '>' ? 'sent' : 'received', atMs, text: datagram }
  })
}

/** The events of a recording, in order. */
export function recordedEvents(name: RecordingName): string[] {
  return recording(name).flatMap(({ direction, text }) =>
    direction === 'received' && /^<\d>/.test(text) ? [text] : [],
  )
}

/** What was answered to a command, the first time. */
export function recordedAnswer(name: RecordingName, command: string): string {
  const datagrams = recording(name)
  const asked = datagrams.findIndex(({ direction, text }) => direction === 'sent' && text === command)
  const answer = datagrams.slice(asked).find(({ direction, text }) => direction === 'received' && !/^<\d>/.test(text))
  if (asked < 0 || answer === undefined) throw new Error(`${name}: nobody asked ${command}`)
  return answer.text
}
