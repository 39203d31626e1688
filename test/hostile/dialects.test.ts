import { describe, expect, it } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { effort } from '../time.ts'
import { outcomeOf, patience, poisons, watchPrototypes } from './support.ts'
import { lightTraps } from './values.ts'

describe.each(Object.values(dialects) as Dialect[])('$name', (dialect) => {
  it.each(lightTraps)('reads and writes %s, or says what is wrong with it', async (_, make) => {
    const assertClean = watchPrototypes()
    const settings: unknown[] = [
      make(),
      { maxsize: make() },
      { limits: make() },
      ...poisons.map((name) => JSON.parse(`{"${name}":{"polluted":true}}`)),
    ]
    for (const one of settings) {
      const spent = effort()
      await outcomeOf<unknown>(() => dialect.read(one as object))
      await outcomeOf<unknown>(() => dialect.read({}, one as object))
      await outcomeOf<unknown>(() => dialect.write(one as object))
      expect(spent()).toBeLessThan(patience)
    }
    assertClean()
  })
})
