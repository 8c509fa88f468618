// Inputs of the fuzzers: files of many, as test/native/fixture_file.hh reads them, and folders of one a file for libFuzzer.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../setup/step.mjs'

const CAPTURES = join(ROOT, 'test', 'fixtures', 'netlink')
const LENGTH_BYTES = 4
/** Of struct nlmsghdr; nothing shorter is a message. */
const HEADER_BYTES = 16

/** The entries of a file: u32 little-endian length, bytes. */
export function readEntries(path) {
  const bytes = readFileSync(path)
  const entries = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + LENGTH_BYTES + bytes.readUInt32LE(at)
    entries.push(bytes.subarray(at + LENGTH_BYTES, end))
    at = end
  }
  return entries
}

export function writeEntries(path, entries) {
  const parts = entries.flatMap((entry) => {
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32LE(entry.length)
    return [length, entry]
  })
  writeFileSync(path, Buffer.concat(parts))
}

function messagesOf(datagram) {
  const messages = []
  for (let at = 0; at + HEADER_BYTES <= datagram.length; ) {
    const length = datagram.readUInt32LE(at)
    if (length < HEADER_BYTES || at + length > datagram.length) break
    messages.push(datagram.subarray(at, at + length))
    at += (length + 3) & ~3
  }
  return messages
}

/** Every message of every capture. */
function captured() {
  if (!existsSync(CAPTURES)) return []
  const files = readdirSync(CAPTURES, { recursive: true }).map(String)
  return files
    .filter((file) => file.endsWith('.bin'))
    .flatMap((file) => readEntries(join(CAPTURES, file)).flatMap(messagesOf))
}

/** Writes the inputs to an empty folder, one a file, named as libFuzzer would. */
export function writeFolder(folder, inputs) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const input of inputs) writeFileSync(join(folder, createHash('sha1').update(input).digest('hex')), input)
}

export function readFolder(folder) {
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  return names.map((name) => readFileSync(join(folder, name)))
}

/** What a run begins with: the captures and what earlier runs have kept. */
export function seeds(keptFolder) {
  const kept = existsSync(keptFolder) ? readdirSync(keptFolder) : []
  const inputs = kept.flatMap((name) => {
    const path = join(keptFolder, name)
    return name.endsWith('.bin') ? readEntries(path) : [readFileSync(path)]
  })
  return [...captured(), ...inputs]
}
