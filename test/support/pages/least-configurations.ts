/** The least that a configuration of each kind may say: what its normal form has besides is a default. */

const SERVERS = { dhcpd: {}, dnsd: {} }
const STATIC = { method: 'static', address: '192.0.2.2', prefixLength: 24 }
const KEY = 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk='

/** By type; several where one of them cannot have every section. */
export const LEAST: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  bond: [{ bond: { interfaces: ['eth0'] } }],
  bridge: [{ bridge: { interfaces: [] } }],
  direct: [{}],
  dummy: [{}],
  ethernet: [{}, { ipv4: STATIC, ...SERVERS }],
  macvlan: [{ macvlan: { parent: 'eth0' } }],
  mobile: [{ modem: 'quectel-ec25', serviceProviders: [{ apn: 'internet.example' }] }],
  null: [{}],
  qmi: [{ serviceProviders: [{ apn: 'internet.example' }] }],
  veth: [{ veth: { peer: 'veth1' } }],
  vlan: [{ vlan: { parent: 'eth0', id: 7 } }],
  wifi: [
    {},
    { wifi: { networks: [{ ssid: 'a' }] } },
    { wifi: { networks: [{ ssid: 'a' }], fallback: { network: { ssid: 'b', mode: 'ap' }, ipv4: STATIC } } },
  ],
  wireguard: [{ privateKey: KEY, addresses: [], peers: [{ publicKey: KEY }] }],
}

/** The value of a path with dots, where N is the first of a list and NAME any name. */
export function valueAt(value: unknown, path: string): unknown {
  let current = value
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null) return undefined
    const name = key === 'NAME' || key === 'N' ? (Object.keys(current)[0] ?? '') : key
    current = Reflect.get(current, name)
  }
  return current
}
