/** Finds the known word that a misspelt one probably means. */

/** Longer words are no typing error of one of ours, and comparing them would be slow. */
const MAX_WORD_CHARS = 40

/** The nearest of `known` to `word`, undefined where none is near; case and separators do not count. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_WORD_CHARS) return undefined
  const folded = fold(word)
  const limit = Math.max(1, Math.floor(folded.length / 3))
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const distance = editDistance(folded, fold(candidate))
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { word: candidate, distance }
  }
  return best?.word
}

/** 'did you mean "x"?', or the known words where none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`
  return `known are ${known.map((name) => JSON.stringify(name)).join(', ')}`
}

function fold(word: string): string {
  return word.replace(/[_-]/g, '').toLowerCase()
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[other.length] ?? 0
}
