/** The spawn seam: every child process of the library is started through a function of this type. */

import { execa } from 'execa'
import { messageOf } from '../errors.js'

export interface SpawnRequest {
  /** Absolute path of the program. */
  readonly program: string
  readonly args: readonly string[]
  /** The whole environment of the child; nothing of ours is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** Path of a network namespace, such as /run/netns/lab, that the child runs in. */
  readonly netns?: string | undefined
  /** The child gets a descriptor 3 to write to, which scripts that it runs inherit: we read `events`. */
  readonly events?: boolean | undefined
}

/** How a process ended: one of the three is present. */
export interface ProcessExit {
  readonly exitCode?: number | undefined
  /** Name of the signal that killed it, such as 'SIGKILL'. */
  readonly signal?: string | undefined
  /** It never ran: `code` is the errno's name, such as ENOENT or EACCES. */
  readonly error?: { readonly code: string; readonly message: string } | undefined
}

/** The signals that the library sends to its children. */
export type Signal = 'SIGTERM' | 'SIGKILL' | 'SIGHUP' | 'SIGINT' | 'SIGUSR1' | 'SIGUSR2'

export interface SpawnedProcess {
  /** Absent where the program could not be started. */
  readonly pid?: number | undefined
  readonly stdout: AsyncIterable<Uint8Array>
  readonly stderr: AsyncIterable<Uint8Array>
  /** What comes through descriptor 3; absent where none was asked for. */
  readonly events?: AsyncIterable<Uint8Array> | undefined
  /** Signals the child and its descendants; harmless after its end. */
  kill(signal: Signal): void
  /** Resolves when the child has ended; never rejects. Output may still be on its way then. */
  readonly exited: Promise<ProcessExit>
}

/** Starts a child process; never throws: what fails is told by `exited`. */
export type Spawn = (request: SpawnRequest) => SpawnedProcess

/**
 * The real spawn.
 *
 * The child leads a session and a process group of its own: Ctrl-C in our terminal does not end a daemon before our
 * orderly stop, and one signal to the group reaches the scripts that a daemon started. `nsenter` with only a network
 * namespace does not fork, so the pid is the program's. Both util-linux and busybox read `-nPATH`.
 */
export const spawnProcess: Spawn = (request) => {
  const inNamespace = request.netns !== undefined
  const file = inNamespace ? 'nsenter' : request.program
  const args = inNamespace ? [`-n${request.netns}`, request.program, ...request.args] : request.args
  try {
    return wrap(start(file, args, request))
  } catch (thrown) {
    return neverRan({ code: 'EINVAL', message: messageOf(thrown) })
  }
}

const start = (file: string, args: readonly string[], { env, events }: SpawnRequest) =>
  execa(file, args, {
    buffer: false,
    reject: false,
    extendEnv: false,
    env,
    stdio: events === true ? ['ignore', 'pipe', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe'],
    detached: true,
    cleanup: false,
  })

function wrap(child: ReturnType<typeof start>): SpawnedProcess {
  const { pid } = child
  // The promise of execa settles only when the output has ended too, which a descendant that holds the pipe may delay.
  // It is the one to tell that the program could not be started: then there is no 'exit'.
  let running = true
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (exitCode, signal) => {
      running = false
      // Descendants end with their leader. Its number names no other process: the kernel hands out no pid that is still
      // the id of a group, and an empty group is gone for a few microseconds only since libuv reaped the leader.
      if (pid !== undefined) killGroup(pid, 'SIGKILL')
      resolve(signal === null ? { exitCode: exitCode ?? 0 } : { signal })
    })
    void child.then((result) => {
      running = false
      resolve({ error: { code: result.code ?? 'UNKNOWN', message: result.originalMessage ?? 'could not be started' } })
    })
  })
  return {
    pid,
    stdout: child.stdout ?? nothing(),
    stderr: child.stderr ?? nothing(),
    ...eventsOf(child.stdio[3]),
    kill(signal) {
      if (running && pid !== undefined) killGroup(pid, signal)
    },
    exited,
  }
}

/** Descriptor 3 is a socket that both ends could write to; we only read. */
function eventsOf(stream: unknown): Pick<SpawnedProcess, 'events'> {
  return stream === null || stream === undefined ? {} : { events: stream as AsyncIterable<Uint8Array> }
}

function killGroup(leader: number, signal: Signal): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // ESRCH: the group has ended. EPERM: nothing in it may be signalled by us; the caller sees that it lives on.
  }
}

function neverRan(error: { readonly code: string; readonly message: string }): SpawnedProcess {
  return { stdout: nothing(), stderr: nothing(), kill: () => undefined, exited: Promise.resolve({ error }) }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
