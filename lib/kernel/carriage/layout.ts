/** Where each field stands in a record: what the addon's `schema` says, which native/engine/record/layout.hh computes. */

/** What a slot holds. */
export type SlotType =
  | 'bool'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'i32'
  | 'u53'
  | 'f64'
  | 'family'
  | 'word'
  | 'ip'
  | 'prefix'
  | 'destination'
  | 'mac'
  | 'text'
  | 'octets'
  | 'commands'
  | 'list'
  | 'object'

export interface SlotLayout {
  readonly type: SlotType
  /** Of a word: its texts, by number. */
  readonly words?: readonly string[]
  /** Of a list: its elements, and the distance between two. */
  readonly of?: SlotLayout
  readonly elementBytes?: number
  /** Of an object: its fields, and the size of its fixed part. */
  readonly fields?: readonly FieldLayout[]
  readonly bytes?: number
}

export interface FieldLayout extends SlotLayout {
  readonly name: string
  readonly optional: boolean
  /** Of the slot, from the beginning of the fixed part. */
  readonly offset: number
  /** Number of the bit that says whether the field is there, and of a boolean's value; -1 where there is none. */
  readonly presenceBit: number
  readonly valueBit: number
}

type Tables = Readonly<Record<string, readonly FieldLayout[]>>
type Sizes = Readonly<Record<string, number>>

/** All messages; a message's number is the place of its word. */
export interface Schema {
  readonly nouns: Tables
  readonly commands: Tables
  readonly events: Tables
  /** Of the fixed parts. */
  readonly bytes: { readonly commands: Sizes; readonly events: Sizes }
}

/** In front of each record: bytes (u32), type (u16), flags (u16), then a double: the time of an event, the id of a command. */
export const HEAD_BYTES = 16
/** Records and everything in their string area begin at multiples of this. */
export const ALIGNMENT_BYTES = 8
/** Flag of an event: a record of the dump that is being read for a command. */
export const FLAG_OF_DUMP = 1

export const roundUp = (bytes: number): number => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
