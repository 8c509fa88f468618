/** The number of a group by its name. Node has no getgrnam(3); boards of one system have their groups in one file. */

import { readFile } from 'node:fs/promises'

const GROUP_FILE = '/etc/group'
const NUMBER = /^\d{1,10}$/

/** Undefined where there is no such group. A number stands for itself. */
export async function groupId(name: string, file = GROUP_FILE): Promise<number | undefined> {
  if (NUMBER.test(name)) return Number(name)
  const text = await readFile(file, 'utf8').catch(() => '')
  // group(5): name:password:number:members
  const fields = text.split('\n').map((line) => line.split(':'))
  const id = fields.find(([given]) => given === name)?.[2]
  return id !== undefined && NUMBER.test(id) ? Number(id) : undefined
}
