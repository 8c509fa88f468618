/** Whether what a user gives as a modem is one. Pure. */

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/
const TTY = /^[A-Za-z0-9_.:@+/-]{1,128}$/
const USB_ID = /^[0-9a-f]{4}:[0-9a-f]{4}$/
const MONITORS: readonly unknown[] = ['signal', 'cell', 'info']

const isOneOf = (values: readonly unknown[]) => (value: unknown) => values.includes(value)
const isText = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const isListOf = (check: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(check)
const isPositive = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0
const isFunction = (value: unknown) => typeof value === 'function'

const REQUIRED: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: isText(NAME),
  speed: isPositive,
  monitors: isListOf(isOneOf(MONITORS)),
}
const OPTIONAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  pppTty: isText(TTY),
  atTty: isText(TTY),
  usbIds: isListOf(isText(USB_ID)),
  dial: isText(/^[\x21-\x7e]{1,64}$/),
  answerTimeoutSeconds: isPositive,
  takesNoAdditions: (value) => typeof value === 'boolean',
  normalize: isFunction,
  script: isFunction,
}

export function isModem(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const modem = value as Readonly<Record<string, unknown>>
  return (
    modem['name'] !== 'automatic' &&
    Object.entries(REQUIRED).every(([key, check]) => check(modem[key])) &&
    Object.entries(OPTIONAL).every(([key, check]) => modem[key] === undefined || check(modem[key]))
  )
}
