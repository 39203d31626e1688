import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPython } from '../../cli/src/reading/python/read-file.ts'
import { readPythonPlace } from '../../cli/src/reading/python/reading.ts'
import { Trials } from '../../cli/src/reading/python/trial.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { anyConfig } from './arbitraries.ts'

/** What stands in a source, by keyword, as `import` finds it. */
function settingsIn(code: string, dialect: Dialect): object {
  const settings = readPython('pool.py', code).places.flatMap((place) => place.settings)
  return readPythonPlace({ settings, open: [] }, dialect, new Trials(undefined)).settings
}

test.each(Object.values<Dialect>(dialects))('$name: the code says what the settings say', (dialect) => {
  const meaning = (settings: object) => parsePoolConfig(dialect.read(settings).config).config
  fc.assert(
    fc.property(anyConfig, (config) => {
      const { code, settings } = dialect.write(config)
      expect(meaning(settingsIn(code, dialect))).toEqual(meaning(settings))
    }),
    { numRuns: 40 },
  )
})
