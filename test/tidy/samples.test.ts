import { posix } from 'node:path'
import ts from 'typescript'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT, sourceFiles } from '../support/source-files.js'

const test = suite('samples')

/** Pages whose samples are whole statements; others show shapes. */
const PAGES = /^(README|docs\/kernel|docs\/getting-started|docs\/cookbook\/[a-z-]+)\.md$/
/** Samples share one kernel unless they open one, and one instance unless they start one. */
const KERNEL = "declare const kernel: import('vintage-net/kernel').Kernel\n"
const PACKAGE = "import { commandPower, qmi, VintageNet, wifi, wireguard } from 'vintage-net'\n"
const NET = "declare const net: import('vintage-net').VintageNet\n"

interface Sample {
  readonly name: string
  readonly text: string
}

function samplesOf(page: string, markdown: string): readonly Sample[] {
  // What the page itself says its samples begin with.
  const beginning = /^```ts\n([\s\S]*?)^```$/m
    .exec(markdown.split(/^## /m, 1)[0] ?? '')?.[1]
    ?.match(/^import .* from 'vintage-net'$/gm)
  const imports = beginning === undefined || beginning === null ? PACKAGE : `${beginning.join('\n')}\n`
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ''], at) => {
    const before = /\bconst kernel\b/.test(code) ? '' : KERNEL
    const opens = /\bopenKernel\(/.test(code) && !code.includes('import ')
    const imported = opens ? "import { openKernel } from 'vintage-net/kernel'\n" : ''
    const shared = /from 'vintage-net'/.test(code) ? '' : `${imports}${/\bconst net\b/.test(code) ? '' : NET}`
    return { name: `${page}.sample-${at + 1}.ts`, text: `${imported}${before}${shared}${code}\nexport {}\n` }
  })
}

/** What the compiler says of samples, as files that only it sees. */
function problemsOf(samples: readonly Sample[]): readonly string[] {
  const configPath = posix.join(ROOT, 'tsconfig.test.json')
  const config = ts.getParsedCommandLineOfConfigFile(
    configPath,
    { noUnusedLocals: false },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => undefined,
    },
  )
  assert.ok(config)
  const texts = new Map(samples.map(({ name, text }) => [posix.join(ROOT, name.replaceAll('/', '-')), text]))
  const host = ts.createCompilerHost(config.options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.readFile = (path) => texts.get(path) ?? readFile(path)
  host.getSourceFile = (path, language, ...rest) => {
    const text = texts.get(path)
    return text === undefined ? getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language)
  }
  const program = ts.createProgram([...texts.keys()], config.options, host)
  return [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map((each) => `${posix.basename(path)}: ${ts.flattenDiagnosticMessageText(each.messageText, ' ')}`)
  })
}

test('every sample of the pages is true to the types', () => {
  const samples = sourceFiles(PAGES).flatMap(({ path, text }) => samplesOf(path, text))
  assert.ok(samples.length > 5)
  assert.equal(problemsOf(samples), [])
})

test('rule: a sample with a field that does not exist is found', () => {
  const page = "```ts\nawait kernel.send([{ type: 'setLink', ifname: 'eth0', speed: 1 }])\n```\n"
  const problems = problemsOf(samplesOf('a.md', page))
  assert.is(problems.length, 1)
  assert.match(problems[0] ?? '', /^a\.md\.sample-1\.ts: .*speed/)
})

test.run()
