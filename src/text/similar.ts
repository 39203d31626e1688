// Longer names than this are no misspelling; the bound keeps hostile input cheap.
const longest = 64

/** The candidate that was probably meant, if one is near; case and separators do not count. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longest) return undefined
  const given = foldName(name)
  const direction = directionOf(given)
  let found: string | undefined
  let least = Math.min(3, Math.max(1, given.length >> 2)) + 1
  for (const candidate of candidates) {
    if (candidate.length > longest) continue
    const other = foldName(candidate)
    if (isOpposite(direction, directionOf(other))) continue
    const distance = editDistance(given, other, least + 1)
    // A letter is left out more often than one is put in.
    const nearer = distance < least || (distance === least && found !== undefined && other.length > foldName(found).length)
    // Of which no letter is left, it is another name.
    if (nearer && distance < Math.max(given.length, other.length)) {
      found = candidate
      least = distance
    }
  }
  return found
}

type Direction = 'min' | 'max' | undefined

/** Two letters turn the least into the most: who writes one of them does not mean the other. */
function isOpposite(one: Direction, other: Direction): boolean {
  return one !== undefined && other !== undefined && one !== other
}

function directionOf(name: string): Direction {
  const least = name.includes('min')
  return least === name.includes('max') ? undefined : least ? 'min' : 'max'
}

/** Fewer letters begin too many names. */
const shortestBeginning = 3

/** The candidate that is near, or else the one that begins like this; of several the one with which all others begin. */
export function meantBy(name: string, candidates: readonly string[]): string | undefined {
  const near = nearest(name, candidates)
  if (near !== undefined || name.length > longest) return near
  const given = foldName(name)
  if (given.length < shortestBeginning) return undefined
  const begun = candidates.filter((candidate) => foldName(candidate).startsWith(given))
  const [shortest, ...others] = begun.sort((a, b) => a.length - b.length)
  return shortest !== undefined && others.every((other) => other.startsWith(shortest)) ? shortest : undefined
}

/** The advice that follows: `did you mean maxSockets?` */
export function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const meant = meantBy(name, candidates)
  return meant === undefined ? undefined : `did you mean ${meant}?`
}

/** A name without case and separators. */
export function foldName(name: string): string {
  return name.replace(/[-_. ]/g, '').toLowerCase()
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other; `bound` if there are as many or more. */
function editDistance(from: string, to: string, bound: number): number {
  if (Math.abs(from.length - to.length) >= bound) return bound
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let least = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) least = Math.min(least, at(beforeLast, column - 2) + 1)
      current.push(least)
    }
    if (Math.min(...current) >= bound) return bound
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
