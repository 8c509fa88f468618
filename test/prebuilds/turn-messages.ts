/**
 * Recorded rtnetlink messages as a big-endian kernel would have sent them: what is a number of the host's is turned, what is in
 * network byte order (addresses, EtherTypes) or bytes stays. Layouts: linux/rtnetlink.h, if_link.h, if_addr.h, neighbour.h, fib_rules.h, nexthop.h.
 */

/** Turns the numbers of these sizes, one behind the other; what is left over stays as it is. */
type Sizes = readonly number[]
/** A list of attributes by their number; those that are not named stay as they are. */
interface Nest {
  readonly [attribute: number]: Content
}
type Content = Sizes | Nest | ((turned: Buffer) => void)

interface Message {
  /** The fixed part in front of the attributes; 1 is an octet. */
  readonly header: Sizes
  readonly attributes: Nest
}

const HEADER: Sizes = [4, 2, 2, 4, 4]
const U16: Sizes = [2]
const U32: Sizes = [4]
/** More members than any list has. */
const MANY = 512

/** What a kind of link and its ports tell: the length of an attribute says what it is, but for those that are named. */
function byLength(others: Nest): Nest {
  const turn = (turned: Buffer): void => {
    if (turned.length === 2 || turned.length === 4 || turned.length === 8) turned.reverse()
  }
  return new Proxy<Nest>({}, { get: (_, name) => others[Number(name)] ?? turn })
}

const AS_IT_IS: Sizes = []
/** IFLA_VLAN_FLAGS are two numbers, IFLA_VLAN_PROTOCOL and IFLA_BR_VLAN_PROTOCOL EtherTypes, IFLA_BR_ROOT_ID and _BRIDGE_ID bytes. */
const KIND_DATA: Readonly<Record<string, Nest>> = {
  vlan: byLength({ 2: [4, 4], 5: AS_IT_IS }),
  bridge: byLength({ 8: AS_IT_IS, 10: AS_IT_IS, 11: AS_IT_IS }),
}

/** IFLA_LINKINFO: kind (1), data (2), port's kind (4), port's data (5). */
function turnLinkInfo(turned: Buffer): void {
  const kinds = new Map<number, string>()
  const read = (type: number, payload: Buffer): void => {
    if (type === 1 || type === 4) kinds.set(type, payload.toString('latin1').replace(/\0.*$/, ''))
  }
  forEachAttribute(Buffer.from(turned), read)
  const of = (type: number): Nest => KIND_DATA[kinds.get(type) ?? ''] ?? byLength({})
  turnAttributes(turned, { 2: of(1), 5: of(4) })
}

/** RTA_VIA: a family, then an address. */
const VIA: Sizes = U16
const ROUTE: Nest = {
  4: U32,
  6: U32,
  8: new Proxy<Nest>({}, { get: () => U32 }),
  9: turnNexthops,
  15: U32,
  18: VIA,
  30: U32,
}

/** RTA_MULTIPATH: structs rtnexthop, each with attributes of its own. */
function turnNexthops(turned: Buffer): void {
  for (let at = 0; at + 8 <= turned.length; ) {
    const bytes = turned.readUInt16LE(at)
    turnAttributes(turned.subarray(at + 8, at + bytes), ROUTE)
    turnNumbers(turned.subarray(at, at + 8), [2, 1, 1, 4])
    at += align(bytes)
  }
}

const LINK: Message = {
  header: [1, 1, 2, 4, 4, 4],
  attributes: { 4: U32, 5: U32, 10: U32, 18: turnLinkInfo, 37: U32 },
}
const ADDRESS: Message = { header: [1, 1, 1, 1, 4], attributes: { 8: U32 } }
const ROUTES: Message = { header: [1, 1, 1, 1, 1, 1, 1, 1, 4], attributes: ROUTE }
const NEIGHBOUR: Message = { header: [1, 1, 2, 4, 2, 1, 1], attributes: {} }
const RULE: Message = {
  header: [1, 1, 1, 1, 1, 1, 1, 1, 4],
  attributes: { 4: U32, 6: U32, 10: U32, 13: U32, 14: U32, 15: U32, 16: U32, 20: [4, 4], 23: [2, 2], 24: [2, 2] },
}
const NEXTHOP: Message = {
  header: [1, 1, 1, 1, 4],
  attributes: { 1: U32, 2: Array.from({ length: MANY }, () => [4, 1, 1, 2]).flat(), 3: U16, 5: U32 },
}

/** By the number of a message, RTM_NEW… and RTM_DEL…. */
const MESSAGES: Readonly<Record<number, Message>> = {
  16: LINK,
  17: LINK,
  20: ADDRESS,
  21: ADDRESS,
  24: ROUTES,
  25: ROUTES,
  28: NEIGHBOUR,
  29: NEIGHBOUR,
  32: RULE,
  33: RULE,
  104: NEXTHOP,
  105: NEXTHOP,
}

const align = (bytes: number): number => (bytes + 3) & ~3

function turnNumbers(turned: Buffer, sizes: Sizes): void {
  let at = 0
  for (const size of sizes) {
    if (at + size > turned.length) return
    turned.subarray(at, at + size).reverse()
    at += size
  }
}

/** Calls back with each attribute's number, payload and header, while the list still is little-endian. */
function forEachAttribute(list: Buffer, visit: (type: number, payload: Buffer, header: Buffer) => void): void {
  for (let at = 0; at + 4 <= list.length; ) {
    const bytes = list.readUInt16LE(at)
    if (bytes < 4 || at + bytes > list.length)
      throw new Error(`an attribute of ${bytes} octets at ${at} of ${list.length}`)
    visit(list.readUInt16LE(at + 2) & 0x3fff, list.subarray(at + 4, at + bytes), list.subarray(at, at + 4))
    at += align(bytes)
  }
}

function turnAttributes(turned: Buffer, nest: Nest): void {
  forEachAttribute(turned, (type, payload, header) => {
    const content = nest[type]
    if (typeof content === 'function') content(payload)
    else if (Array.isArray(content)) turnNumbers(payload, content as Sizes)
    else if (content !== undefined) turnAttributes(payload, content as Nest)
    turnNumbers(header, [2, 2])
  })
}

/** One datagram: messages behind one another. @throws Error for a message whose layout is not known here. */
function turnDatagram(turned: Buffer): void {
  for (let at = 0; at < turned.length; ) {
    const bytes = turned.readUInt32LE(at)
    const type = turned.readUInt16LE(at + 4)
    const body = turned.subarray(at + 16, at + bytes)
    const message = MESSAGES[type]
    if (message !== undefined) {
      const headerBytes = message.header.reduce((sum, size) => sum + size, 0)
      turnAttributes(body.subarray(align(headerBytes)), message.attributes)
      turnNumbers(body, message.header)
    } else if (type === 3)
      turnNumbers(body, U32) // NLMSG_DONE
    else throw new Error(`message ${type}`)
    turnNumbers(turned.subarray(at, at + 16), HEADER)
    at += align(bytes)
  }
}

/** A file of test/fixtures/netlink/rtnl (lengths and datagrams), turned. */
export function turnRecording(recording: Buffer): Buffer {
  const turned = Buffer.from(recording)
  for (let at = 0; at < turned.length; ) {
    const bytes = turned.readUInt32LE(at)
    turnDatagram(turned.subarray(at + 4, at + 4 + bytes))
    turned.subarray(at, at + 4).reverse()
    at += 4 + bytes
  }
  return turned
}
