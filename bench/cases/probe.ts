/** Probe: TCP connects that leave by one link, a thousand at a time, to a listener in another namespace. */

import { freshNamespace } from '../../test/support/world.js'
import { LineProcess } from '../line-process.js'
import { type Contender, type Outcome, race } from '../race.js'
import { within } from '../receivers.js'
import { type Row, rowOf } from '../row.js'
import { type Command, c, node, ours, PEER_ROUNDS, type Setting } from '../setting.js'

const LINK = 'p0'
const HOST = '198.51.100.1'
const FIRST_PORT = 7000
/** Each turn takes a port of its own: its two passes apart, no remembered connection stands in its way. */
const PORTS = 200

interface Prober {
  readonly name: string
  readonly maxRounds?: number
  command(port: number): Command
}

export async function run(setting: Setting): Promise<Row[]> {
  const { probes, outstanding } = setting.sizes
  const client = await freshNamespace()
  const server = await freshNamespace()
  try {
    await client.ip('link', 'add', LINK, 'up', 'type', 'veth', 'peer', 'name', 'q0', 'netns', server.name)
    await client.ip('address', 'add', '198.51.100.2/24', 'dev', LINK)
    await server.ip('address', 'add', `${HOST}/24`, 'dev', 'q0')
    await server.ip('link', 'set', 'dev', 'q0', 'up')
    await using _listener = await LineProcess.start(within(server, c('listen', FIRST_PORT, PORTS)))
    let turns = 0
    const go = async ({ command }: Prober): Promise<Outcome> => {
      await using process = new LineProcess(within(client, command(FIRST_PORT + (turns++ % PORTS))))
      const { ms, connected } = JSON.parse(await process.line()) as { ms: number; connected: number }
      if (connected !== probes) return { figures: { rate: undefined }, note: `${connected} of ${probes} connected` }
      return { figures: { rate: (probes / ms) * 1e3 } }
    }
    const probers: readonly Prober[] = [
      { name: 'ours', command: (port) => ours('probe', probes, outstanding, HOST, port, LINK) },
      { name: 'C', command: (port) => c('probe', probes, outstanding, HOST, port, LINK) },
      {
        name: 'Node net.connect',
        maxRounds: PEER_ROUNDS,
        command: (port) => node('node/probe', probes, outstanding, HOST, port),
      },
    ]
    const contenders = probers.map((prober): Contender => ({ ...prober, run: () => go(prober) }))
    const results = await race(contenders, setting.rounds)
    for (const note of results.notes()) setting.note(`probe: ${note}`)
    const metric = `${outstanding} outstanding`
    const row = { case: 'probe', metric, unit: 'probes/s', better: 'higher', figure: 'rate' } as const
    return [rowOf(results, { ...row, ours: 'ours', limit: 'C', must: 0.8, aim: 0.95 })]
  } finally {
    await client.delete()
    await server.delete()
  }
}
