import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findRivals } from '../../../lib/verification/rivals.js'
import { type FakeProcess, fakeHost } from './fake-host.js'

const ETH0 = { ifname: 'eth0', type: 'ethernet', ifindex: 2 }
const WLAN0 = { ifname: 'wlan0', type: 'wifi', ifindex: 3 }

/** Findings as 'CODE ifname'. */
function rivals(processes: readonly FakeProcess[], files: Record<string, string> = {}, own: readonly number[] = []) {
  const found = findRivals({
    host: fakeHost(processes, files),
    netns: '/proc/self/ns/net',
    interfaces: [ETH0, WLAN0],
    ownPids: new Set(own),
  })
  for (const { severity, message, remedy } of found) assert.ok(severity === 'error' && message !== '' && remedy !== '')
  return found.map(({ code, message }) => `${code} ${message.split(' ')[0]}`)
}

test('a machine without other network managers has no rivals', () => {
  assert.equal(
    rivals([
      { pid: 1, program: 'systemd' },
      { pid: 9, program: 'sshd' },
    ]),
    [],
  )
})

test('NetworkManager is a rival for what it does not leave alone', () => {
  const process = { pid: 10, program: 'NetworkManager' }
  assert.equal(rivals([process]), ['RIVAL_NETWORK_MANAGER eth0', 'RIVAL_NETWORK_MANAGER wlan0'])
  const files = { '/run/NetworkManager/devices/2': '[device]\nmanaged=false\n' }
  assert.equal(rivals([process], files), ['RIVAL_NETWORK_MANAGER wlan0'])
})

test('systemd-networkd is a rival for what its state files say it configures', () => {
  const process = { pid: 10, program: 'systemd-network' }
  assert.equal(rivals([process]), [])
  const files = {
    '/run/systemd/netif/links/2': 'ADMIN_STATE=configured\nOPER_STATE=routable\n',
    '/run/systemd/netif/links/3': 'ADMIN_STATE=unmanaged\n',
  }
  assert.equal(rivals([process], files), ['RIVAL_SYSTEMD_NETWORKD eth0'])
  assert.equal(rivals([], files), [], 'a state file without the daemon is an old one')
})

test('dhcpcd and ConnMan are rivals for the interfaces they are told of, or for all', () => {
  assert.equal(rivals([{ pid: 10, program: 'dhcpcd', args: ['-q', 'wlan0'] }]), ['RIVAL_DHCPCD wlan0'])
  assert.equal(rivals([{ pid: 10, program: 'dhcpcd', args: ['-b'] }]).length, 2)
  assert.equal(rivals([{ pid: 10, program: 'connmand', args: ['-n'] }]).length, 2)
  assert.equal(rivals([{ pid: 10, program: 'connmand', args: ['-I', 'eth0'] }]), ['RIVAL_CONNMAN wlan0'])
  assert.equal(rivals([{ pid: 10, program: 'connmand', args: ['--device=eth0,eth9'] }]), ['RIVAL_CONNMAN eth0'])
})

test('a wpa_supplicant or DHCP client of somebody else is a rival, ours are not', () => {
  const supplicant = { pid: 10, program: 'wpa_supplicant', args: ['-B', '-iwlan0', '-c/etc/x.conf'] }
  assert.equal(rivals([supplicant]), ['RIVAL_WPA_SUPPLICANT wlan0'])
  assert.equal(rivals([supplicant], {}, [10]), [])
  assert.equal(rivals([{ pid: 10, program: 'wpa_supplicant', args: ['-u', '-s'] }]), ['RIVAL_WPA_SUPPLICANT wlan0'])
  const clients = [
    { pid: 11, program: 'udhcpc', args: ['-f', '-i', 'eth0'] },
    { pid: 12, program: 'dhclient', args: ['-4', 'wlan0'] },
  ]
  assert.equal(rivals(clients), ['RIVAL_DHCP_CLIENT eth0', 'RIVAL_DHCP_CLIENT wlan0'])
  assert.equal(rivals(clients, {}, [11, 12]), [])
})

test('what runs in another network namespace, or has ended, is no rival; what may not be looked at is', () => {
  const process = { pid: 10, program: 'NetworkManager' }
  assert.equal(rivals([{ ...process, netns: 2 }]), [])
  assert.equal(rivals([{ ...process, state: 'Z' }]), [])
  assert.equal(rivals([{ ...process, netns: null }]).length, 2)
})

test.run()
