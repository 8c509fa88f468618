/**
 * The links that the plan of one interface makes (`addLink` among its steps) and takes away again (`deleteLink`), and those
 * that it takes up for that: a VLAN cannot be up over a link that is down.
 */

import { NetworkError } from '../errors.js'
import type { CommandResult, Kernel } from '../kernel/kernel.js'
import type { AddLink, DeleteLink, Link, SetLink } from '../kernel/messages.js'
import type { RaisedLinks } from './raised-links.js'

export interface MadeLinksDeps {
  readonly kernel: Pick<Kernel, 'mirror' | 'send'>
  /** Notes a link before it is made; resolves when that is on disk. */
  note(link: LinkNote): Promise<void>
  /** The link is gone; nobody waits for that to be on disk. */
  forget(link: LinkNote): void
  /** Shared by all interfaces. */
  readonly raised: RaisedLinks
}

/** What a start after a crash must know of a link that was made. */
export interface LinkNote {
  readonly ifname: string
  readonly kind: string
}

/** EEXIST, which the kernel would say as well. */
const EEXIST = 17
/** What the kernel says of a kind that it does not know, and has no module for. */
const EOPNOTSUPP = 95

export class MadeLinks {
  readonly #deps: MadeLinksDeps
  /** By the name that the plan gives. */
  readonly #made = new Map<string, LinkNote & { readonly ifindex: number }>()

  constructor(deps: MadeLinksDeps) {
    this.#deps = deps
  }

  /**
   * Makes the link. One of that name and kind which is there already, as after a crash, is taken over where it stands on the
   * same link, and is replaced otherwise; one of another kind is another program's, and a refusal.
   */
  async make(command: AddLink, signal: AbortSignal): Promise<CommandResult> {
    const { ifname, kind } = command
    const { kernel, note } = this.#deps
    const found = kernel.mirror.linkByName(ifname)
    if (found !== undefined && found.kind !== kind) return taken(command, found)
    const far = command.peer === undefined ? undefined : kernel.mirror.linkByName(command.peer.ifname)
    if (far !== undefined && far.ifindex !== found?.parent) return taken(command, far)
    await note({ ifname, kind })
    if (signal.aborted) {
      if (found === undefined) this.#deps.forget({ ifname, kind })
      return 'done'
    }
    const kept = found !== undefined && this.#isWanted(found, command)
    if (found !== undefined && !kept) await kernel.send([{ type: 'deleteLink', ifindex: found.ifindex }])
    const [result = 'done'] = kept ? [] : await kernel.send([command])
    const ifindex = kernel.mirror.linkByName(ifname)?.ifindex
    if (result === 'done' && ifindex !== undefined) this.#made.set(ifname, { ifname, kind, ifindex })
    else this.#deps.forget({ ifname, kind })
    return result === 'done' || result.errno !== EOPNOTSUPP ? result : unknownKind(command, result)
  }

  /** Deletes the link that was made by that name, whatever it is called now; another one is left alone. */
  async remove({ ifname = '' }: DeleteLink): Promise<CommandResult> {
    const made = this.#made.get(ifname)
    if (made === undefined) return 'done'
    this.#made.delete(ifname)
    const gone = this.#deps.kernel.mirror.link(made.ifindex) === undefined
    const [result = 'done'] = gone ? [] : await this.#deps.kernel.send([{ type: 'deleteLink', ifindex: made.ifindex }])
    if (result === 'done') this.#deps.forget(made)
    return result
  }

  /** What the link that was made by that name is called now; undefined: none was made, or it is gone. */
  nameNow(ifname: string): string | undefined {
    const made = this.#made.get(ifname)
    return made === undefined ? undefined : this.#deps.kernel.mirror.link(made.ifindex)?.ifname
  }

  /** Notes that a link which is not the plan's own is about to be taken up. */
  raising({ ifname, up }: SetLink): void {
    if (up === true && ifname !== undefined) this.#deps.raised.hold(this, ifname)
  }

  /** Takes down again what was raised, but for interfaces of ours, and what others need up. */
  lower(): Promise<void> {
    return this.#deps.raised.release(this)
  }

  /** Whether a link of the same kind differs in nothing that could not be changed afterwards. */
  #isWanted(link: Link, { parent, peer, vlan, bond, macvlan, vrf }: AddLink): boolean {
    const { mirror } = this.#deps.kernel
    if (parent !== undefined && link.parent !== mirror.linkByName(String(parent))?.ifindex) return false
    if (peer !== undefined && link.parent !== mirror.linkByName(peer.ifname)?.ifindex) return false
    const fixed: readonly (readonly [object | undefined, object | undefined])[] = [
      [vlan, link.vlan],
      [bond, link.bond],
      [macvlan, link.macvlan],
      [vrf, link.vrf],
    ]
    return fixed.every(([wanted = {}, held = {}]) =>
      Object.entries(wanted).every(([key, value]) => (held as Record<string, unknown>)[key] === value),
    )
  }
}

function taken({ ifname, kind, type }: AddLink, { ifname: name, kind: its }: Link): NetworkError {
  const what = its === undefined ? 'hardware' : `of kind ${its}`
  return new NetworkError(
    'ERR_KERNEL_REFUSED',
    `a link named ${name} is there already and is ${what}: none of kind ${kind} can be made`,
    { ifname, errno: EEXIST, operation: type },
  )
}

function unknownKind({ ifname, kind, type }: AddLink, cause: NetworkError): NetworkError {
  const text = `the kernel has no links of kind ${kind}, or cannot load the module for them: ${cause.message}`
  return new NetworkError('ERR_UNSUPPORTED', text, { ifname, errno: EOPNOTSUPP, operation: type, cause })
}
