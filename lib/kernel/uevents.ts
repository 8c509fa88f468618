/**
 * The kernel's uevents: what hotplug tells (lib/kobject_uevent.c).
 * Hand-kept on both sides: native/engine/fields/uevent.hh has the same fields, and test/native compares them.
 */

/** One `KEY=value` of a uevent. */
export interface UeventProperty {
  readonly key: string
  readonly value: string
}

/**
 * A device has come, gone or changed. Those of links are told in the link's network namespace only; those of other
 * devices only in namespaces that belong to the initial user namespace.
 */
export interface Uevent {
  /** 'add', 'remove', 'change', 'move', 'online', 'offline', 'bind' or 'unbind'. */
  readonly action: string
  /** Path below /sys. */
  readonly devpath: string
  /** 'net', 'tty', 'usb', 'ieee80211', … */
  readonly subsystem: string
  readonly devtype?: string
  /** Name below /dev: 'ttyUSB0', 'cdc-wdm0'. */
  readonly devname?: string
  /** Of a link. */
  readonly ifname?: string
  /** Of a link. */
  readonly ifindex?: number
  /** Counts the machine's uevents over all namespaces: gaps are usual. */
  readonly seqnum: number
  /** What has no field of its own, in the kernel's order; at most 64. */
  readonly properties: readonly UeventProperty[]
}
