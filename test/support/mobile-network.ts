/**
 * A modem with a network behind it: two serial ports on pseudo-terminals, one that answers AT commands, one that dials. Behind
 * the dialled number a pppd in a network namespace lets in who has the right name and password. In the virtual machine only.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { ScriptedModem } from '../../lib/testing/scripted-modem.js'
import { inNamespace, mustRun, PROGRAM_PATH } from './lab/command.js'
import { Pty } from './pty.js'

export const USER = 'modem'
/** Everything that a file of options could trip over. */
export const PASSWORD = 's e"cr\\et#1'
export const OUR_ADDRESS = '10.64.0.2'
export const FAR_ADDRESS = '10.64.0.1'
export const NAME_SERVERS = ['203.0.113.1', '203.0.113.2']

export class MobileNetwork implements AsyncDisposable {
  /** Behind the port that answers commands. */
  readonly modem: ScriptedModem
  /** Behind the port that dials, until it has. */
  readonly dialler: ScriptedModem
  readonly #namespace: string
  readonly #atPort: Pty
  readonly #pppPort: Pty
  #call: { readonly pty: Pty; readonly pppd: ChildProcess } | undefined

  /** `namespace`: of what lies behind the network. */
  static async create(namespace: string): Promise<MobileNetwork> {
    await mustRun('modprobe', ['ppp_async'])
    // Where pppd keeps its locks; a world has a /run of its own.
    await mkdir('/run/lock', { recursive: true })
    await writeFile('/etc/ppp/pap-secrets', `${USER} * "s e\\"cr\\\\et#1" *\n`, { mode: 0o600 })
    let network: MobileNetwork | undefined
    const atPort = await Pty.open((octets) => network?.modem.received(octets))
    const pppPort = await Pty.open((octets) => {
      if (network !== undefined) network.#dialled(octets)
    })
    network = new MobileNetwork(namespace, { atPort, pppPort })
    return network
  }

  private constructor(namespace: string, { atPort, pppPort }: { atPort: Pty; pppPort: Pty }) {
    this.#namespace = namespace
    this.#atPort = atPort
    this.#pppPort = pppPort
    this.modem = new ScriptedModem((text) => atPort.say(text))
    this.dialler = new ScriptedModem((text) => pppPort.say(text))
    this.dialler.answer(/./, '\r\nOK\r\n')
    this.dialler.answer(/^ATD/, () => {
      void this.#connect()
      return null
    })
  }

  /** The configuration of a mobile interface by this modem. */
  config(provider: { readonly user?: string; readonly password?: string } = {}) {
    const name = ({ path }: Pty): string => path.replace('/dev/', '')
    return {
      type: 'mobile',
      modem: 'generic',
      atTty: name(this.#atPort),
      pppTty: name(this.#pppPort),
      serviceProviders: [{ apn: 'internet.example', user: USER, password: PASSWORD, ...provider }],
    } as const
  }

  /** The network ends the call, if there is one, as at the end of a cell. */
  async endCall(): Promise<void> {
    const call = this.#call
    if (call === undefined) return
    const ended = new Promise((resolve) => call.pppd.once('exit', resolve))
    call.pppd.kill('SIGTERM')
    await ended
    await this.#ended()
  }

  /** From now on the number is engaged; or free again. */
  setBusy(busy: boolean): void {
    this.dialler.answer(/^ATD/, () => {
      if (!busy) void this.#connect()
      return busy ? '\r\nBUSY\r\n' : null
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endCall()
    await this.#atPort.hangUp()
    await this.#pppPort.hangUp()
  }

  #dialled(octets: Uint8Array): void {
    if (this.#call === undefined) this.dialler.received(octets)
    else this.#call.pty.write(octets)
  }

  async #connect(): Promise<void> {
    const pty = await Pty.open((octets) => this.#pppPort.write(octets))
    const options = ['nodetach', 'local', 'nocrtscts', 'passive', 'auth', 'require-pap', 'nodefaultroute', 'noipv6']
    const servers = NAME_SERVERS.flatMap((server) => ['ms-dns', server])
    const args = [pty.path, '115200', ...options, ...servers, `${FAR_ADDRESS}:${OUR_ADDRESS}`]
    const [program, all] = inNamespace(this.#namespace, 'pppd', args)
    const pppd = spawn(program, all, { stdio: 'ignore', env: { PATH: PROGRAM_PATH } })
    this.#call = { pty, pppd }
    pppd.once('exit', () => void this.#ended())
    this.#pppPort.say('\r\nCONNECT 115200\r\n')
  }

  async #ended(): Promise<void> {
    const call = this.#call
    if (call === undefined) return
    this.#call = undefined
    await call.pty.hangUp()
    this.#pppPort.say('\r\nNO CARRIER\r\n')
  }
}
