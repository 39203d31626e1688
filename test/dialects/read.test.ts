import { describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { examples } from './examples.ts'

describe.each(Object.entries(examples))('%s', (name, { readings }) => {
  const { read }: Dialect = dialects[name as keyof typeof dialects]
  test.each(readings)('$why', ({ settings, version, config, notes = [] }) => {
    const reading = read(settings, { version })
    expect(reading.config).toEqual(config)
    expect(reading.notes.map(({ field }) => field).sort()).toEqual([...notes].sort())
  })
})
