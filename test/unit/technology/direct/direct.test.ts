import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { directSubnet } from '../../../../lib/technology/direct/subnet.js'
import { TechnologyRegistry } from '../../../../lib/technology/registry.js'
import { commandsOf, normalized, planned, refused } from '../../../support/configured.js'

test('D1: the subnet follows from the names of host and interface', () => {
  assert.equal(directSubnet('gadget-7', 'usb0'), {
    subnet: '172.31.132.152',
    address: '172.31.132.153',
    peer: '172.31.132.154',
  })
  assert.is(directSubnet('gadget-7', 'usb1').subnet, '172.31.16.196')
  assert.is(directSubnet('pi-zero', 'usb0').subnet, '172.31.206.192')
})

test('D1: the name in the configuration comes before that of the machine', () => {
  const addressOf = (config: object) => {
    const [command] = commandsOf(planned('usb0', config, { hostname: 'gadget-7' }).up.slice(0, 1))
    return command?.type === 'replaceAddress' ? `${command.address}/${command.prefixLength}` : undefined
  }
  assert.is(addressOf({ type: 'direct' }), '172.31.132.153/30')
  assert.is(addressOf({ type: 'direct', direct: { hostname: 'pi-zero' } }), '172.31.206.193/30')
})

test('D2: nothing but the host name is kept', () => {
  const warnings: string[] = []
  const config = { type: 'direct', direct: { hostname: 42, x: 1 }, ipv4: { method: 'dhcp' } }
  const resolved = new TechnologyRegistry().resolveSaved(config)
  warnings.push(...resolved.warnings)
  assert.equal(resolved.config, { type: 'direct', direct: {} })
  assert.equal(resolved.unknownKeys, ['direct.x'])
  assert.match(warnings.join('\n'), /ipv4: .*dropped/)
  assert.match(warnings.join('\n'), /direct\.hostname: is no text/)
  refused(config, 'direct.x')
})

test('D2: the former names of type and section are taken', () => {
  assert.equal(normalized({ type: 'gadget', gadget: { hostname: 'a' } }), { type: 'direct', direct: { hostname: 'a' } })
  assert.equal(normalized({ type: 'direct' }), { type: 'direct', direct: {} })
  refused({ type: 'direct', direct: { hostname: 'no name!' } }, 'direct.hostname')
})

test('the plan has our address, a server with the one of the other end, and nothing that would be a way to the internet', () => {
  const plan = planned('usb0', { type: 'direct', direct: { hostname: 'gadget-7' } })
  assert.equal(plan.requires, ['usb0'])
  assert.is(plan.connectivity, 'lan')
  assert.equal(
    plan.services.map((service) => [service.name, service.type === 'daemon' && service.whileLowerUp]),
    [['udhcpd', true]],
  )
  assert.is(
    plan.files[0]?.content,
    [
      'interface usb0',
      'pidfile /run/vintage-net/private/udhcpd.usb0.pid',
      'lease_file /dev/null',
      '',
      'conflict_time 5',
      'decline_time 5',
      'end 172.31.132.154',
      'max_leases 1',
      'offer_time 5',
      'opt lease 86400',
      'opt subnet 255.255.255.252',
      'start 172.31.132.154',
      '',
      '',
    ].join('\n'),
  )
})

test.run()
