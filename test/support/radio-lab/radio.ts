/** One simulated radio (mac80211_hwsim) of the virtual machine: where it is, and who hears it. */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { mustRun } from '../lab/command.js'

const CLASS = '/sys/class/ieee80211'
const DEBUG = '/sys/kernel/debug/ieee80211'
/** Radios hear each other where their groups have a bit in common. Whoever is out of range is alone in this one. */
const AIR = '0x1'
const ELSEWHERE = '0x80'
/** What the simulation adds to the signal that it is told. */
const TRANSMIT_POWER_DBM = 20
/** The only country whose rules know no band but that of channels 1 to 13: a scan of all channels then takes 1 s, not 9. */
export const QUICK_COUNTRY = 'YE'

/** A radio; made with its fellows by `loadRadios`. */
export class Radio {
  /** The kernel's name of the hardware, such as `phy0`. */
  readonly phy: string
  /** Its link. */
  readonly ifname: string
  readonly macAddress: string

  constructor(phy: string, ifname: string, macAddress: string) {
    this.phy = phy
    this.ifname = ifname
    this.macAddress = macAddress
  }

  /** Moves the radio and its link into a named network namespace; from there only the kernel moves it, when that is deleted. */
  async moveTo(namespace: string): Promise<void> {
    await mustRun('iw', ['phy', this.phy, 'set', 'netns', 'name', namespace])
  }

  /** With false nobody hears it and it hears nobody, as if it were carried away. */
  async setInRange(inRange: boolean): Promise<void> {
    await writeFile(`${DEBUG}/${this.phy}/hwsim/group`, inRange ? AIR : ELSEWHERE)
  }

  /** How loud whoever hears it hears it: -80 to 19 dBm, unless its transmit power is changed. */
  async setSignal(dbm: number): Promise<void> {
    // The file takes negative numbers only as what the processor makes of them.
    await writeFile(`${DEBUG}/${this.phy}/hwsim/rx_rssi`, String(BigInt.asUintN(64, BigInt(dbm - TRANSMIT_POWER_DBM))))
  }
}

/** Loads the simulation; resolves with its radios, all in the machine's own network namespace. */
export async function loadRadios(count: number): Promise<Radio[]> {
  if (process.env['VINTAGE_NET_VM'] === undefined) throw new Error('radios are simulated in the virtual machine only')
  await mustRun('modprobe', ['mac80211_hwsim', `radios=${count}`])
  await mustRun('iw', ['reg', 'set', QUICK_COUNTRY])
  const phys = (await readdir(CLASS)).sort((a, b) => Number(a.slice(3)) - Number(b.slice(3)))
  return Promise.all(
    phys.map(async (phy) => {
      const [ifname = ''] = await readdir(`${CLASS}/${phy}/device/net`)
      return new Radio(phy, ifname, (await readFile(`${CLASS}/${phy}/macaddress`, 'utf8')).trim())
    }),
  )
}

/**
 * Ends the simulation, wherever its radios are. What it stands on stays loaded: cfg80211 hears of the last connection's end by a
 * work item that nothing waits for when it is unloaded, and the kernel then runs a timer of code that is not there any more.
 */
export async function unloadRadios(): Promise<void> {
  await mustRun('rmmod', ['mac80211_hwsim'])
}
