/** Notes of overwritten values that no disk keeps. */

import type { OverwrittenNotes } from '../../lib/interface/overwritten.js'
import type { OverwrittenRecord } from '../../lib/supervision/ledger-format.js'

export function memoryNotes(): OverwrittenNotes {
  let records: readonly OverwrittenRecord[] = []
  return {
    get overwritten() {
      return records
    },
    addOverwritten: async (record) => {
      records = [...records, record]
    },
    removeOverwritten: async (keys) => {
      records = records.filter((record) => !keys.includes(record.key))
    },
  }
}
