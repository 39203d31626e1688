const clientWords = /(?<=.)(?:https?)?(?:agent|client|dispatcher|pool|api)$/i

/** A variable's name as the name of a pool: `paymentsHttpsAgent` is `payments`. Empty if nothing is left. */
export function poolName(variable: string, suffix: RegExp = clientWords): string {
  return variable
    .replace(suffix, '')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
}

/** Words that say nothing of a pool, whatever the language; `default` is the pool that every other one inherits from. */
const generic = ['', 'default', 'http', 'https', 'client', 'pool', 'main']

/** Tells names that say something: all but the generic ones, and those that say nothing in one language. */
export function tellingBut(words: readonly string[]): (name: string) => boolean {
  const nothing = new Set([...generic, ...words])
  return (name) => !nothing.has(name)
}

/** Of several names the first that says something, as that of a pool. */
export function firstTelling(
  names: readonly string[],
  isTelling: (name: string) => boolean,
  suffix?: RegExp,
): string | undefined {
  return names.map((one) => poolName(one, suffix)).find(isTelling)
}

/** The same names, numbered where one comes twice. */
export function uniqueNames(names: readonly string[]): string[] {
  const own = new Set(names)
  const counts = new Map<string, number>()
  return names.map((name) => {
    let count = (counts.get(name) ?? 0) + 1
    // A number must not make it the name of another one.
    while (count > 1 && own.has(`${name}-${count}`)) count++
    counts.set(name, count)
    return count === 1 ? name : `${name}-${count}`
  })
}
