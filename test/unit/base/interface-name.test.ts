import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkInterfaceName } from '../../../lib/base/interface-name.js'

test('names that Linux accepts pass', () => {
  for (const name of ['eth0', 'a', 'wlan0.100', '.hidden', 'abcdefghijklmno', 'a#b', 'veth-é', '...']) {
    assert.is(checkInterfaceName(name), undefined, name)
  }
})

test('names that Linux refuses are refused with a text that says what they are', () => {
  const wrong: unknown[] = ['', '.', '..', '../x', 'a/b', 'a b', 'a\tb', 'a\n', 'a:b', 'eth%d', 'a\0', 'a\u00a0b']
  for (const name of [...wrong, 'abcdefghijklmnop', 'éééééééé', 'à', 7, null, undefined, {}, ['eth0']]) {
    assert.match(checkInterfaceName(name) ?? '', 'interface name')
  }
})

test('the text about a huge name is short', () => {
  assert.ok((checkInterfaceName('x'.repeat(1_000_000)) ?? '').length < 120)
})

test.run()
