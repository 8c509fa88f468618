/** The services of a modem that are used, by the numbers of QMUX. */

export const SERVICES = { ctl: 0x00, wds: 0x01, dms: 0x02, nas: 0x03, uim: 0x0b, wda: 0x1a } as const

export type ServiceName = keyof typeof SERVICES

/** The name of a service; its number as text where it is another one. */
export function serviceName(service: number): string {
  const known = Object.entries(SERVICES).find(([, number]) => number === service)
  return known?.[0] ?? `service 0x${service.toString(16)}`
}
