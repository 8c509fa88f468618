/** Whether two values of data are the same; made by the same code, so that their keys stand in one order. Pure. */
export function equalJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
