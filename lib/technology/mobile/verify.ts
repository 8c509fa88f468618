/** What mobile interfaces need of a system. */

import type { Finding, VerifyContext } from '../technology.js'

export async function verifyMobile({ interfaces, findProgram }: VerifyContext): Promise<Finding[]> {
  const [first] = interfaces
  // pppd itself stands in the plan; chat is run by it.
  if (first === undefined || (await findProgram('chat')) !== undefined) return []
  return [
    {
      code: 'PROGRAM_MISSING',
      severity: 'error',
      message: `${first.ifname}: the program chat is missing: no modem can be dialled`,
      remedy: 'install it: on Debian it comes with pppd, in the package ppp',
    },
  ]
}
