/** The part `modem` of a plan: opens the control channel, and runs until it is ended or the modem is lost. */

import { isNetworkError } from '../../errors.js'
import type { Json, PartContext } from '../plan.js'
import { readModemArgs } from './args.js'
import { Modem } from './modem.js'
import { type ModemNote, readNote } from './note.js'

/** Starts of this part in a row that found a silent modem, before its power is switched. */
const SILENT_LIMIT_COUNT = 3

/**
 * Resolves when the modem answers; the rest is told by properties.
 * @throws (rejects) NetworkError ERR_KERNEL_REFUSED: no such device, or in use; ERR_TIMEOUT: the modem is silent
 */
export async function startModem(args: Json, context: PartContext): Promise<Modem> {
  const note = readNote(context.note)
  try {
    return await Modem.start(readModemArgs(args), { ...context, note: { ...note } })
  } catch (thrown) {
    if (isNetworkError(thrown, 'ERR_TIMEOUT')) countSilence(note, context)
    throw thrown
  }
}

function countSilence(note: ModemNote, { leaveNote, resetPower, logger, ifname }: PartContext): void {
  const silent = note.silent + 1
  const reset = silent >= SILENT_LIMIT_COUNT && resetPower()
  if (reset) logger.warn({ ifname }, 'the modem does not answer: the power manager switches it off and on')
  leaveNote({ ...note, silent: reset ? 0 : silent })
}
