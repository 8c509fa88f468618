/** Where the session happens: a machine with two uplinks, a folder with the files that are typed about, and the program on the path. */

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROGRAM_PATH } from '../../test/support/lab/command.js'
import { INTERNET_HOSTS, type Lab, type Uplink } from '../../test/support/lab.js'
import type { Replacement } from './page.js'
import { Terminal } from './terminal.js'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Of the world: /run is fresh in it. The daemon's own files are in /run/vintage-net, as by default. */
export const DEVICE_FOLDER = '/run/device'
const PROGRAM = join(ROOT, 'dist', 'cli', 'main.js')

const FILES = {
  'net.json': {
    persistenceDir: `${DEVICE_FOLDER}/saved`,
    resolvConf: `${DEVICE_FOLDER}/resolv.conf`,
    internetHostList: INTERNET_HOSTS.map((host) => ({ host, port: 53 })),
    config: { eth0: { type: 'ethernet' }, eth1: { type: 'ethernet' } },
  },
  'eth1.json': {
    type: 'ethernet',
    mtu: 1_400,
    ipv4: { method: 'static', address: '198.51.100.20', prefixLength: 24, gateway: '198.51.100.1' },
  },
}

/** One line for each member, so that a file is read at a glance. */
function shown(file: object): string {
  const members = Object.entries(file).map(([key, value]) => `  ${JSON.stringify(key)}: ${spaced(value)}`)
  return `{\n${members.join(',\n')}\n}\n`
}

function spaced(value: unknown): string {
  return JSON.stringify(value, undefined, 1).replace(/\n */g, ' ')
}

/** A terminal whose shells have nothing of the machine's user; `folder` holds what is the script's own. */
export async function openTerminal(folder: string): Promise<Terminal> {
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  const program = join(bin, 'vintage-net')
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`)
  await chmod(program, 0o755)
  const node = join(process.execPath, '..')
  return new Terminal({
    socket: join(folder, 'tmux.sock'),
    env: {
      PATH: `${bin}:${node}:${PROGRAM_PATH}`,
      HOME: folder,
      HOSTNAME: 'device',
      LC_ALL: 'C.UTF-8',
      PS1: '$ ',
      HISTFILE: '/dev/null',
      npm_config_update_notifier: 'false',
      VINTAGE_NET_OUTER_NETNS: process.env['VINTAGE_NET_OUTER_NETNS'] ?? '',
    },
  })
}

/** Paths and the name of this machine, should a capture hold them. */
export function replacements(folder: string): readonly Replacement[] {
  return [
    [ROOT, 'vintage-net/'],
    [folder, '/tmp'],
    [hostname(), 'device'],
  ]
}

export interface Device {
  readonly lab: Lab
  readonly eth0: Uplink
}

/** The machine of the session is the namespace of this process. */
export async function makeDevice(lab: Lab): Promise<Device> {
  const eth0 = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'dnsmasq' })
  await lab.addUplink({ ifname: 'eth1', subnet: '198.51.100.0/24', index: 11, dhcp: 'dnsmasq' })
  await mkdir(DEVICE_FOLDER)
  for (const [name, file] of Object.entries(FILES)) await writeFile(join(DEVICE_FOLDER, name), shown(file))
  await writeFile(join(DEVICE_FOLDER, 'change.json'), shown({ eth1: FILES['eth1.json'] }))
  return { lab, eth0 }
}
