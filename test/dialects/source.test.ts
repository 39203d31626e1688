import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPython } from '../../cli/src/reading/python/read-file.ts'
import { plainOf } from '../../cli/src/reading/python/values.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { anyConfig } from './arbitraries.ts'

type Settings = { [key: string]: unknown }

/** The settings that stand in a source, by keyword. */
function settingsIn(code: string, { support }: Dialect): Settings {
  const settings: Settings = {}
  for (const { path, value } of readPython('pool.py', code).places.flatMap((place) => place.settings)) {
    const [group = '', key] = path.split('.')
    // A URL, for one, is no setting of a pool.
    if (!Object.hasOwn(support.settings, path)) continue
    const plain = plainOf(value)?.plain
    settings[group] = key === undefined ? plain : { ...(settings[group] as Settings | undefined), [key]: plain }
  }
  return settings
}

test.each(Object.values<Dialect>(dialects))('$name: the code says what the settings say', (dialect) => {
  const meaning = (settings: object) => {
    const { config } = parsePoolConfig(dialect.read(settings).config)
    // What is assigned to a Session beside its headers is not read out of sources.
    return dialect.name === 'requests' ? { ...config, proxy: false, noProxy: [] } : config
  }
  fc.assert(
    fc.property(anyConfig, (config) => {
      const { code, settings } = dialect.write(config)
      expect(meaning(settingsIn(code, dialect))).toEqual(meaning(settings))
    }),
    { numRuns: 40 },
  )
})
