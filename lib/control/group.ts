/** Groups by name and by number. Node has no getgrnam(3); boards of one system have their groups in one file. */

import { readFile } from 'node:fs/promises'

const GROUP_FILE = '/etc/group'
const NUMBER = /^\d{1,10}$/

/** Undefined where there is no such group. A number stands for itself. */
export async function groupId(name: string, file = GROUP_FILE): Promise<number | undefined> {
  if (NUMBER.test(name)) return Number(name)
  const id = (await groups(file)).find(([given]) => given === name)?.[2]
  return id !== undefined && NUMBER.test(id) ? Number(id) : undefined
}

/** The name of a group; its number where it has none. */
export async function groupName(id: number, file = GROUP_FILE): Promise<string> {
  return (await groups(file)).find(([, , given]) => given === String(id))?.[0] ?? String(id)
}

/** group(5): name:password:number:members */
async function groups(file: string): Promise<string[][]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').map((line) => line.split(':'))
}
