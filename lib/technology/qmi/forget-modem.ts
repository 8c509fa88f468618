/** The step that takes a modem's properties away with its plan. */

import type { CallStep } from '../plan.js'
import { QMI_PROPERTIES } from './properties.js'

export const forgetModem: CallStep = {
  type: 'call',
  name: 'forget-modem',
  args: null,
  run: async (_args, context) => {
    for (const name of QMI_PROPERTIES) context.delete(['mobile', name])
  },
}
