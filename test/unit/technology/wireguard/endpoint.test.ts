import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatEndpoint, parseEndpoint } from '../../../../lib/technology/wireguard/endpoint.js'

const test = suite('technology/wireguard/endpoint')

test('addresses and names with their ports', () => {
  assert.equal(parseEndpoint('192.0.2.1:51820'), { host: '192.0.2.1', port: 51_820, literal: true })
  assert.equal(parseEndpoint('[2001:DB8::1]:1'), { host: '2001:db8::1', port: 1, literal: true })
  assert.equal(parseEndpoint('vpn.example.net:65535'), { host: 'vpn.example.net', port: 65_535, literal: false })
})

test('what is none', () => {
  const wrong = [
    '',
    ':1',
    'a',
    'a:',
    'a:0',
    'a:65536',
    'a:1x',
    '2001:db8::1:51820',
    '[192.0.2.1]:1',
    '[a]:1',
    '1.2.3:4',
  ]
  for (const text of [...wrong, '-a:1', 'a b:1', `${'a'.repeat(64)}:1`, '192.0.2.1:+1']) {
    assert.is(parseEndpoint(text), undefined, text)
  }
})

test('as text', () => {
  assert.is(formatEndpoint('192.0.2.1', 1), '192.0.2.1:1')
  assert.is(formatEndpoint('2001:db8::1', 1), '[2001:db8::1]:1')
})

test.run()
