/** Whether `version` is older than `other`; what follows the numbers, such as `rc1` or `-DEV`, does not count. */
export function isBefore(version: string, other: string): boolean {
  const [left, right] = [numbersOf(version), numbersOf(other)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

// Long enough for all that `pycurl.version` says; the bound keeps hostile input cheap.
const longest = 200

/** The numbers of a version as the library itself prints it; undefined if it has none. Of a list such as `pycurl.version` those of libcurl. */
export function readVersion(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > longest) return undefined
  return (/\blibcurl\/(\d+(?:\.\d+){0,3})/.exec(text) ?? /^v?(\d+(?:\.\d+){0,3})(?=$|[^\d./]|\.[a-z])/.exec(text))?.[1]
}

function numbersOf(version: string): number[] {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number)
}
