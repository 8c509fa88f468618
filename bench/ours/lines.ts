/** The measured process's side of the conversation: one line in, one line out. */

import { createInterface } from 'node:readline'

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Answers each line of standard input, one after the other, and ends with it. */
export async function answer(reply: (line: string) => Promise<string>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) say(await reply(line))
}
