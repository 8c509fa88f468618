/** A fake kernel keeps the attributes of a kind as they were given; it does not fill in what the kernel would choose. */

import type { AddLink, Link, SetLink } from '../kernel/messages.js'
import { type FakeState, type Refusal, refuse } from './fake-state.js'

/** Why a link of this kind cannot be made. */
export function kindRefusal(state: FakeState, { type, kind, parent, vlan, vrf }: AddLink): Refusal {
  if (parent !== undefined && !state.links.has(Number(parent))) return refuse('ENODEV', type, 'Link does not exist')
  if (kind === 'vrf' && vrf?.table === undefined) return refuse('EINVAL', type, 'VRF table id is missing')
  if (kind === 'vlan' && vlan?.id === undefined) return refuse('EINVAL', type, 'VLAN properties not specified')
  if ((kind === 'vlan' || kind === 'macvlan') && parent === undefined) return refuse('EINVAL', type)
  return undefined
}

/** What a command says of the link's own kind, over what the link has. */
export function kindAttributes(command: AddLink | SetLink, held?: Link): Partial<Link> {
  const { vlan, bridge, bond, macvlan } = command
  const parent = command.type === 'addLink' && command.parent !== undefined ? { parent: Number(command.parent) } : {}
  const vrf = command.type === 'addLink' && command.vrf !== undefined ? { vrf: command.vrf } : {}
  const port = command.type === 'setLink' ? command.bridgePort : undefined
  return {
    ...parent,
    ...vrf,
    ...(vlan === undefined ? {} : { vlan: { ...held?.vlan, ...vlan } }),
    ...(bridge === undefined ? {} : { bridge: { ...held?.bridge, ...bridge } }),
    ...(bond === undefined ? {} : { bond: { ...held?.bond, ...bondOf(bond) } }),
    ...(macvlan === undefined ? {} : { macvlan: { ...held?.macvlan, ...macvlan } }),
    ...(port === undefined ? {} : { bridgePort: { ...held?.bridgePort, ...port } }),
  }
}

/** Names have become indices. */
function bondOf({ activeSlave, primary, ...rest }: NonNullable<SetLink['bond']>): NonNullable<Link['bond']> {
  return {
    ...rest,
    ...(activeSlave === undefined ? {} : { activeSlave: Number(activeSlave) }),
    ...(primary === undefined ? {} : { primary: Number(primary) }),
  }
}
