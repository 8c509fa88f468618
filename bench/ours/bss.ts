/**
 * bss ours|lines ENTRIES ROUNDS: a supplicant's table of networks into access points, or into nothing but the key and value of
 * each line. Answers any line with the entries that it read in one second.
 */

import { answer, say } from './lines.js'

const { readBssPage } = (await import(
  new URL('../../dist/technology/wifi/supplicant/access-point.js', import.meta.url).href
)) as typeof import('../../lib/technology/wifi/supplicant/access-point.js')

const FLAGS = ['[WPA2-PSK-CCMP][ESS]', '[WPA2-PSK+SAE-CCMP][SAE-H2E][ESS]', '[ESS]', '[WPA2-EAP-CCMP][ESS]']
/** A supplicant's answer has 4 KiB. */
const ENTRIES_A_PAGE = 25

const [way = '', entryCount, rounds] = process.argv.slice(2)

function entry(id: number): string {
  const octet = (value: number): string => (value & 0xff).toString(16).padStart(2, '0')
  const bssid = `02:00:00:00:${octet(id >> 8)}:${octet(id)}`
  const frequency = 2412 + 5 * (id % 13)
  const flags = FLAGS[id % FLAGS.length]
  return `id=${id}\nbssid=${bssid}\nfreq=${frequency}\nlevel=-${40 + (id % 50)}\nflags=${flags}\nssid=Network ${id}\n`
}

function pages(): readonly string[] {
  const entries = Array.from({ length: Number(entryCount) }, (_, id) => entry(id))
  const made: string[] = []
  while (entries.length > 0) {
    const page = entries.splice(0, ENTRIES_A_PAGE)
    made.push(page.map((text, at) => `${text}${at === page.length - 1 ? '####' : '===='}\n`).join(''))
  }
  return made
}

/** The limit: what has to be done with such text, whatever becomes of it. */
function readPlainly(text: string): number {
  let count = 0
  for (const part of text.split(/^(?:====|####)$/m)) {
    const values = new Map(part.split('\n').map((line) => line.split('=', 2) as [string, string]))
    if (values.has('bssid')) count += 1
  }
  return count
}

const read = way === 'ours' ? (text: string) => readBssPage(text).entries.length : readPlainly

function measure(texts: readonly string[]): number {
  const startedMs = performance.now()
  let count = 0
  for (let round = 0; round < Number(rounds); round += 1) for (const text of texts) count += read(text)
  const seconds = (performance.now() - startedMs) / 1000
  if (count !== Number(rounds) * Number(entryCount)) throw new Error(`${count} entries`)
  return count / seconds
}

say('ready')
await answer(async () => {
  const texts = pages()
  measure(texts) // nothing is compiled before
  return JSON.stringify({ perSecond: measure(texts) })
})
