/** Watches an instance at its seams, and notes who did what to whom in the order in which it really happened. */

import type { Subscription } from '../../../lib/base/disposable.js'
import type { HostFileSystem, OpenFile } from '../../../lib/base/file-system.js'
import type { CommandResult, KernelChange, SendOptions } from '../../../lib/kernel/kernel.js'
import { describe } from '../../../lib/kernel/kernel-error.js'
import type { KernelCommand, ProbeRequest, ProbeResult } from '../../../lib/kernel/messages.js'
import type { Change } from '../../../lib/properties/change.js'
import { Dispatcher } from '../../../lib/properties/dispatcher.js'
import type { Spawn } from '../../../lib/supervision/spawn.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'

/** One message of a sequence; without `to` a note. */
export interface Message {
  readonly from: string
  readonly to?: string
  readonly text: string
  /** An answer. */
  readonly isAnswer?: boolean
}

/** Deeper than any call from a seam to the part that began it. */
const STACK_FRAMES_COUNT = 40
/** Longer values are told by their name alone. */
const MAX_VALUE_CHARS = 60
const FRAME = /\/lib\/(?:([a-z-]+)\/(?:[a-z-]+\/)*)?([a-z-]+)\.ts/

export class WalkRecorder {
  readonly messages: Message[] = []
  #on = false

  /** From now on what happens is noted, until the work has ended. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#on = true
    const end = this.#watchProperties()
    try {
      await work()
    } finally {
      this.#on = false
      end()
    }
  }

  note(over: string, text: string): void {
    this.#add({ from: over, text })
  }

  told(change: Change): void {
    this.#add({ from: 'properties', to: 'subscriber', text: change.path.slice(-2).join('/') })
  }

  get spawn(): (spawn: Spawn) => Spawn {
    return (spawn) => (request) => {
      const { program } = request
      this.#add({ from: caller([]), to: 'programs', text: `start ${program}` })
      const process = spawn(request)
      const kill: typeof process.kill = (signal) => {
        this.#add({ from: 'supervision', to: 'programs', text: `${signal} to ${program}` })
        process.kill(signal)
      }
      return { ...process, kill }
    }
  }

  /** Operations that change the disk. */
  disk(fs: HostFileSystem): HostFileSystem {
    const done = (text: string): void => this.#add({ from: caller(['base']), to: 'disk', text })
    return {
      ...fs,
      open: async (path, flags, mode) => {
        const from = caller(['base'])
        return this.#file(await fs.open(path, flags, mode), { from, name: nameOf(path) })
      },
      writeFile: (path, text, options) => {
        done(`write ${nameOf(path)}`)
        return fs.writeFile(path, text, options)
      },
      rename: (from, to) => {
        done(`rename to ${nameOf(to)}`)
        return fs.rename(from, to)
      },
      unlink: (path) => {
        done(`unlink ${nameOf(path)}`)
        return fs.unlink(path)
      },
    }
  }

  kernel(options: ConstructorParameters<typeof FakeKernel>[0]): FakeKernel {
    return new WatchedKernel(options, (message) => this.#add(message))
  }

  #file(file: OpenFile, { from, name }: { from: string; name: string }): OpenFile {
    const done = (text: string): void => this.#add({ from, to: 'disk', text: `${text} ${name}` })
    return {
      ...file,
      writeFile: (bytes) => {
        done('write')
        return file.writeFile(bytes)
      },
      sync: () => {
        done('fsync')
        return file.sync()
      },
    }
  }

  #add(message: Message): void {
    if (this.#on) this.messages.push(message)
  }

  /** Every write reaches the dispatcher at once, subscribers later. */
  #watchProperties(): () => void {
    const { publish } = Dispatcher.prototype
    const add = (message: Message): void => this.#add(message)
    Dispatcher.prototype.publish = function (path, make) {
      add({
        from: caller(['properties']),
        to: 'properties',
        text: `${path.slice(1).join('/') || path[0]}${valueText(make().newValue)}`,
      })
      publish.call(this, path, make)
    }
    return () => {
      Dispatcher.prototype.publish = publish
    }
  }
}

/** A fake kernel that tells who asks it for what, and whom it tells. */
class WatchedKernel extends FakeKernel {
  readonly #add: (message: Message) => void

  constructor(options: ConstructorParameters<typeof FakeKernel>[0], add: (message: Message) => void) {
    super(options)
    this.#add = add
  }

  override subscribe(listener: (changes: readonly KernelChange[]) => void): Subscription {
    const to = caller(['kernel'])
    return super.subscribe((changes) => {
      for (const change of changes) this.#add({ from: 'kernel', to, text: changeText(change) })
      listener(changes)
    })
  }

  override async send(commands: readonly KernelCommand[], options?: SendOptions): Promise<CommandResult[]> {
    const from = caller(['kernel'])
    const nameOf = (ifindex: number): string | undefined => this.mirror.link(ifindex)?.ifname
    for (const command of commands) {
      const urgent = options?.urgent === true ? ', urgent' : ''
      this.#add({ from, to: 'kernel', text: `${describe(command as never, nameOf).description}${urgent}` })
    }
    const results = await super.send(commands, options)
    const refused = results.filter((result) => result !== 'done').length
    this.#add({ from: 'kernel', to: from, text: refused === 0 ? 'done' : `${refused} refused`, isAnswer: true })
    return results
  }

  override async probe(request: ProbeRequest, options?: { readonly signal?: AbortSignal }): Promise<ProbeResult> {
    const from = caller(['kernel'])
    this.#add({ from, to: 'kernel', text: `probe ${request.address} on ${request.ifname}` })
    const result = await super.probe(request, options)
    this.#add({ from: 'kernel', to: from, text: result.outcome, isAnswer: true })
    return result
  }
}

/** The part of lib/ that called, leaving out the seam's own. */
function caller(own: readonly string[]): string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = STACK_FRAMES_COUNT
  const stack = new Error('who calls').stack ?? ''
  Error.stackTraceLimit = stackTraceLimit
  const parts = stack.split('\n').flatMap((line) => {
    const [found, folder, file = ''] = FRAME.exec(line) ?? []
    return found === undefined ? [] : [folder ?? file]
  })
  return parts.find((part) => part !== 'testing' && !own.includes(part)) ?? 'subscriber'
}

function changeText(change: KernelChange): string {
  switch (change.type) {
    case 'link':
    case 'linkGone':
      return `${change.type} ${change.ifname}, ${change.lowerUp ? 'with' : 'without'} carrier`
    case 'address':
    case 'addressGone':
      return `${change.type} ${change.address}/${change.prefixLength}`
    case 'route':
    case 'routeGone':
      return `${change.type} ${change.destination}, table ${change.table}`
    case 'rule':
    case 'ruleGone':
      return `${change.type} ${change.priority}`
    default:
      return change.type
  }
}

function valueText(value: unknown): string {
  if (value === undefined) return ' removed'
  const text = JSON.stringify(value)
  const isLong = text.length > MAX_VALUE_CHARS || (typeof value === 'object' && !Array.isArray(value))
  return isLong ? '' : ` = ${text}`
}

/** The last part of a path; the names of files that are renamed later are different each time. */
function nameOf(path: string): string {
  if (path === '/') return path
  const name = path.slice(path.lastIndexOf('/') + 1)
  return /\.vintage-net\b/.test(name) || name.endsWith('.new') ? 'a new file' : name
}
