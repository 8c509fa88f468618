/** Where the session happens: a machine with two uplinks, a folder with the files that are typed about, and the program on the path. */

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROGRAM_PATH } from '../../test/support/lab/command.js'
import type { Lab, Uplink } from '../../test/support/lab.js'
import type { Replacement } from './page.js'
import { Terminal } from './terminal.js'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Of the world: /run is fresh in it. The daemon's own files are in /run/vintage-net, as by default. */
export const DEVICE_FOLDER = '/run/device'
const PROGRAM = join(ROOT, 'dist', 'cli', 'main.js')

const ETH1 = `{
  "type": "ethernet",
  "mtu": 1400,
  "ipv4": {
    "method": "static",
    "address": "198.51.100.20", "prefixLength": 24,
    "gateway": "198.51.100.1"
  }
}`

const FILES = {
  'net.json': `{
  "persistenceDir": "${DEVICE_FOLDER}/saved",
  "resolvConf": "${DEVICE_FOLDER}/resolv.conf",
  "internetHostList": [
    { "host": "203.0.113.1", "port": 53 },
    { "host": "203.0.113.2", "port": 53 }
  ],
  "config": {
    "eth0": { "type": "ethernet" },
    "eth1": { "type": "ethernet" }
  }
}`,
  'eth1.json': ETH1,
  'change.json': `{ "eth1": ${ETH1} }`,
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

/** Gives the lab two uplinks, and the folder its files; the first uplink is what happens to the machine. */
export async function makeDevice(lab: Lab): Promise<Uplink> {
  const eth0 = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'dnsmasq' })
  await lab.addUplink({ ifname: 'eth1', subnet: '198.51.100.0/24', index: 11, dhcp: 'dnsmasq' })
  await mkdir(DEVICE_FOLDER)
  for (const [name, file] of Object.entries(FILES)) await writeFile(join(DEVICE_FOLDER, name), `${file}\n`)
  return eth0
}
