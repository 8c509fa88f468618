// What the virtual machine says while it runs test files, read line by line: which file has ended, and how.

import { readSummary, report, sum } from '../run-uvu.mjs'

/** What begins a line of test/vm/run-files.sh's own. */
const MARK = '\u001e'
/** An emulated machine is many times slower; a file that takes longer is ended and fails. */
const FILE_TIMEOUT_S = 480
/** The whole contract of the kernel: a hundred namespaces, one after the other. */
const CONTRACT_TIMEOUT_S = 1_200
/** Longest that a test file may take in the machine. */
export const timeoutSecondsOf = (file) =>
  file.startsWith('test/kernel-contract/') ? CONTRACT_TIMEOUT_S : FILE_TIMEOUT_S

/** How each file is named in reports: some run outside of the machine as well. */
const named = (file) => `${file} (virtual machine)`

/** Takes the machine's output line by line, reports each file as it ends, and holds the counts of each. */
export class Progress {
  #started
  #lines = []
  #startedMs = 0
  #results = new Map()

  take(line) {
    if (!line.startsWith(MARK)) {
      this.#lines.push(line)
      return
    }
    const [what, file, code] = line.slice(MARK.length).split('\t')
    if (what === 'begin') {
      this.#started = file
      this.#startedMs = performance.now()
      this.#lines = []
    } else if (what === 'end') {
      this.#finish(file, problemOf(file, Number(code)))
    }
  }

  /** The machine has ended, with that status and these words: what has not run to its end fails. */
  close(files, status, said) {
    const why = `the machine ended with status ${status}\n${said}`.trimEnd()
    const missing = files.filter((file) => !this.#results.has(file))
    for (const file of missing) this.#finish(file, file === this.#started ? why : `did not run: ${why}`)
    if (missing.length > 0 || status === 0) return
    process.stdout.write(`FAIL  virtual machine\n${why}\n`)
    this.#results.set('virtual machine', { passed: 0, failed: 1, skipped: 0 })
  }

  /** The sum over all files. */
  get counts() {
    return sum([...this.#results.values()])
  }

  #finish(file, problem) {
    const output = this.#lines.join('\n')
    const counts = readSummary(output, problem)
    counts.skips = counts.skips.map((skip) => ({ ...skip, file: named(file) }))
    report(named(file), counts, output, ((performance.now() - this.#startedMs) / 1000).toFixed(1))
    this.#results.set(file, counts)
    this.#lines = []
    this.#startedMs = performance.now()
  }
}

function problemOf(file, code) {
  if (code === 0) return undefined
  // timeout(1) ends itself by the signal that it sends.
  return code === 137 ? `did not end within ${timeoutSecondsOf(file)} s, or was killed` : `exit status ${code}`
}

/** Each file is a skip by name, said when it happens and once more at the end. */
export function skipAll(files, reason) {
  const skips = files.map((file) => ({ file: named(file), title: 'all its tests', reason }))
  for (const { file } of skips) process.stdout.write(`SKIP  ${file}: ${reason}\n`)
  return { passed: 0, failed: 0, skipped: skips.length, skips }
}
