/** What is typed, what must be seen, and the sentence that says so. */

import type { Page } from './page.js'
import { DEVICE_FOLDER, ROOT } from './scene.js'
import type { Pane, Terminal } from './terminal.js'

/** Short enough to wait for, long enough to be seen counting. */
const CONFIRM_WITHIN_S = 4
/** Where the answer comes at once. */
const CONFIRM_AT_LEISURE_S = 60
const STATUS = 'echo $?'

/** What is done to the machine from outside. */
export interface Cable {
  pullCable(): Promise<void>
  plugIn(): Promise<void>
}

/** Before there is a device: the demo makes machines of its own. */
export async function tellDemo(terminal: Terminal, page: Page): Promise<void> {
  const pane = await terminal.open('checkout', ROOT)
  await pane.run('npm run --silent demo')
  await pane.shows(/routes and rules of ours left in the kernel: 0/)
  page.heading('The demo')
  page.capture(
    'In a checkout, `npm run demo` makes two uplinks, pulls a cable and plugs it in again; each line has the seconds since the start. ' +
      'How long a failover takes on a machine that has nothing else to do is measured in [bench](../bench/README.md).',
    await pane.scroll(),
  )
}

export async function tellDevice(terminal: Terminal, page: Page, eth0: Cable): Promise<void> {
  const windows = {
    shell: await terminal.open('shell', DEVICE_FOLDER),
    daemon: await terminal.open('daemon', DEVICE_FOLDER),
    watch: await terminal.open('watch', DEVICE_FOLDER),
  }
  await begin(windows, page)
  await look(windows, page)
  await failOver(windows, page, eth0)
  await change(windows, page)
  await stop(windows, page)
}

interface Windows {
  readonly shell: Pane
  readonly daemon: Pane
  readonly watch: Pane
}

async function begin({ shell, daemon, watch }: Windows, page: Page): Promise<void> {
  page.heading('The daemon')
  await shell.run('cat net.json')
  page.capture(
    'A machine with two Ethernet links has this configuration: both ask a DHCP server.',
    await shell.scroll(),
  )
  await daemon.type('vintage-net run --config net.json')
  await daemon.shows(/the daemon runs/)
  await daemon.shows(/eth0 is internet[\s\S]*eth1 is internet|eth1 is internet[\s\S]*eth0 is internet/)
  page.capture(
    'In a window of its own the daemon starts, and stays in the foreground; both links reach the Internet.',
    await daemon.screen(),
  )
  await watch.type('vintage-net watch')
  await watch.shows(/available: eth0, eth1\n[\s\S]*\neth0 +ethernet +internet[^\n]*\neth1 +ethernet +internet/)
  page.capture(
    'In another window `watch` draws how things are and for how long; `eth0` is the first one available, so it is used.',
    await watch.screen(),
  )
}

async function look({ shell }: Windows, page: Page): Promise<void> {
  page.heading('Looking')
  const views: [string, string[]][] = [
    ['`info` is the state of everything.', ['vintage-net info']],
    ['`routes` shows each route of the kernel, and why it stands; the lower metric wins.', ['vintage-net routes']],
    [
      '`get` reads properties: all that are below a path, or the value of one that is named in full.',
      ['vintage-net get interface/eth0', 'vintage-net get interface/eth0/connection'],
    ],
  ]
  for (const [sentence, commands] of views) {
    await shell.clear()
    await shell.run(...commands)
    page.capture(sentence, await shell.scroll())
  }
}

async function failOver({ shell, watch }: Windows, page: Page, eth0: Cable): Promise<void> {
  page.heading('A pulled cable')
  await eth0.pullCable()
  await watch.shows(/available: eth1\n[\s\S]*\neth1 +ethernet +internet[^\n]*\neth0 +ethernet +disconnected/)
  await watch.shows(/available_interfaces: eth0, eth1 → eth1 /)
  page.capture(
    'The cable of `eth0` is pulled: its connection falls from `internet` to `disconnected` (behind each change stands how long it had been so before), and `eth1` is the one available.',
    await watch.screen(),
  )
  await shell.clear()
  await shell.run('vintage-net routes', 'vintage-net ping 203.0.113.1 --port 53 --count 2', STATUS)
  page.capture('Traffic leaves by `eth1` now, and the Internet answers.', await shell.scroll())
  await eth0.plugIn()
  await watch.shows(/available: eth0, eth1\n[\s\S]*\neth0 +ethernet +internet/)
  await watch.shows(/connection: lan → internet/)
  page.capture(
    'The cable is plugged in again: `eth0` is used again as soon as it has reached the Internet.',
    await watch.screen(),
  )
}

async function change({ shell }: Windows, page: Page): Promise<void> {
  page.heading('A change that takes itself back')
  await shell.clear()
  await shell.run('cat eth1.json', 'vintage-net plan eth1 @eth1.json')
  page.capture(
    'Another configuration for `eth1`: `plan` shows the difference to what is in force, and changes nothing.',
    await shell.scroll(),
  )
  const apply = 'vintage-net apply @change.json --confirm-within'
  await shell.clear()
  await shell.type(`${apply} ${CONFIRM_WITHIN_S}`)
  await shell.shows(/^[12] s left\. Confirm\?/m)
  page.capture(
    '`change.json` has it for `eth1`. `apply` sets it for a few seconds, counts down and asks.',
    await shell.scroll(),
  )
  await shell.shows(/not confirmed: rolled back/)
  await shell.idle()
  await shell.run(STATUS, 'vintage-net get interface/eth1/config', 'vintage-net ifconfig eth1')
  page.capture('Nobody answers: everything is as it was, and the status is 1.', await shell.scroll())
  await shell.clear()
  await shell.type(`${apply} ${CONFIRM_AT_LEISURE_S}`)
  await shell.shows(/ s left\. Confirm\?/)
  await shell.type('y')
  await shell.shows(/Confirmed and saved/)
  await shell.idle()
  await shell.run(STATUS, 'vintage-net get interface/eth1/config', 'vintage-net ifconfig eth1')
  page.capture('Once more, and this time somebody answers `y`: it stays, and is saved.', await shell.scroll())
}

async function stop({ shell, daemon, watch }: Windows, page: Page): Promise<void> {
  page.heading('A clean stop')
  await daemon.key('C-c')
  await daemon.shows(/the daemon has stopped/)
  await daemon.idle()
  await daemon.run(STATUS)
  page.capture(
    "The daemon's window since its start. Ctrl-C ends it: plans are undone, daemons are ended, and the status is 0.",
    await daemon.scroll(),
  )
  await watch.idle()
  await watch.run(STATUS)
  page.capture("`watch` ends with the daemon's last word.", await watch.scroll())
  await shell.clear()
  await shell.run('vintage-net info', STATUS, 'ip -brief address', 'ip route', 'ip rule')
  page.capture(
    'Nobody answers any more (status 3), and of the addresses, routes and rules that were set nothing is left.',
    await shell.scroll(),
  )
}
