/** What is typed, what must be seen, and the sentence that says so. */

import type { Page } from './page.js'
import { DEVICE_FOLDER, type Device, ROOT } from './scene.js'
import type { Pane, Terminal } from './terminal.js'

/** Short enough to wait for, long enough to be seen counting. */
const CONFIRM_WITHIN_S = 4

/** Before there is a device: the demo makes machines of its own. */
export async function tellDemo(terminal: Terminal, page: Page): Promise<void> {
  const pane = await terminal.open('checkout', ROOT)
  await pane.run('npm run --silent demo')
  await pane.shows(/routes and rules of ours left in the kernel: 0/)
  page.heading('The demo')
  page.capture(
    'In a checkout, `npm run demo` makes two uplinks, pulls a cable and plugs it in again, and measures; each line has the seconds since the start.',
    await pane.scroll(),
  )
}

export async function tellDevice(terminal: Terminal, page: Page, device: Device): Promise<void> {
  const windows = {
    shell: await terminal.open('shell', DEVICE_FOLDER),
    daemon: await terminal.open('daemon', DEVICE_FOLDER),
    watch: await terminal.open('watch', DEVICE_FOLDER),
  }
  await begin(windows, page)
  await look(windows, page)
  await failover(windows, page, device)
  await change(windows, page)
  await stop(windows, page)
}

interface Windows {
  readonly shell: Pane
  readonly daemon: Pane
  readonly watch: Pane
}

async function begin({ shell, daemon }: Windows, page: Page): Promise<void> {
  page.heading('The daemon')
  await shell.run('cat net.json')
  page.capture('A machine with two Ethernet links has this configuration.', await shell.scroll())
  await daemon.type('vintage-net run --config net.json')
  await daemon.shows(/the daemon runs/)
  page.capture('In a window of its own the daemon starts, and stays in the foreground.', await daemon.screen())
}

async function look({ shell, watch }: Windows, page: Page): Promise<void> {
  await watch.type('vintage-net watch')
  await watch.shows(/available: eth0, eth1\n[^]*eth0 +ethernet +internet[^]*eth1 +ethernet +internet/)
  page.capture(
    'In another window `watch` draws what holds and what changes; both uplinks have reached the Internet, and `eth0` is preferred.',
    await watch.screen(),
  )
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

async function failover({ shell, watch }: Windows, page: Page, { eth0 }: Device): Promise<void> {
  page.heading('A pulled cable')
  await eth0.pullCable()
  await watch.shows(/available: eth1\n[^]*\neth1 +ethernet +internet[^\n]*\neth0 +ethernet +disconnected/)
  page.capture(
    'The cable of `eth0` is pulled: its connection falls to `disconnected`, and `eth1` is the first and only one available.',
    await watch.screen(),
  )
  await shell.clear()
  await shell.run('vintage-net routes', 'vintage-net ping 203.0.113.1 --port 53 --count 2', 'echo $?')
  page.capture('Traffic leaves by `eth1` now.', await shell.scroll())
  await eth0.plugIn()
  await watch.shows(/available: eth0, eth1\n[^]*\neth0 +ethernet +internet/)
  page.capture(
    'The cable is plugged in again: `eth0` is preferred as soon as it has reached the Internet.',
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
  const apply = `vintage-net apply @change.json --confirm-within ${CONFIRM_WITHIN_S}`
  await shell.clear()
  await shell.run('cat change.json')
  await shell.type(apply)
  await shell.shows(new RegExp(`\\b${CONFIRM_WITHIN_S - 2} s left`))
  page.capture('`apply` sets it for a few seconds, counts down and asks.', await shell.scroll())
  await shell.shows(/rolled back/)
  await shell.idle()
  await shell.run('echo $?', 'vintage-net get interface/eth1/config')
  page.capture('Nobody answers: everything is as it was, and the status is 1.', await shell.scroll())
  await shell.clear()
  await shell.type(apply)
  await shell.shows(/s left\. Confirm\?/)
  await shell.type('y')
  await shell.shows(/Confirmed and saved/)
  await shell.idle()
  await shell.run('echo $?', 'vintage-net get interface/eth1/config', 'vintage-net ifconfig eth1')
  page.capture('Once more, and this time the answer is `y`: it stays, and is saved.', await shell.scroll())
}

async function stop({ shell, daemon, watch }: Windows, page: Page): Promise<void> {
  page.heading('A clean stop')
  await daemon.key('C-c')
  await daemon.shows(/the daemon has stopped/)
  await daemon.idle()
  await daemon.run('echo $?')
  page.capture(
    'Ctrl-C in the daemon’s window: plans are undone, helpers are ended, and the status is 0.',
    await daemon.scroll(),
  )
  await watch.idle()
  await watch.run('echo $?')
  page.capture('`watch` ends with the daemon’s last word.', await watch.scroll())
  await shell.clear()
  await shell.run('vintage-net info', 'echo $?', 'ip -brief -4 address', 'ip route', 'ip rule')
  page.capture(
    'Nobody answers any more (status 3), and of the addresses, routes and rules that were set nothing is left.',
    await shell.scroll(),
  )
}
