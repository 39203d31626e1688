import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldNames } from '../../src/config/fields.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { defaultOf } from '../../src/dialects/defaults.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/dialects/types.ts'
import { PoolConfigError } from '../../src/errors.ts'
import { cyclic, hostile, hostileValue, revoked, throwing } from '../config/hostile.ts'
import { draws } from '../draws.ts'
import { anyConfig, validSettings } from './arbitraries.ts'

const all: readonly Dialect[] = Object.values(dialects)
const names = Object.keys(dialects) as (keyof typeof dialects)[]

const resolve = (config: PoolConfig) => parsePoolConfig(config).config

test.each(all)('$name: what is written reads back as the config, but for the fields in the notes', ({ support, read, write }) => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const { settings, notes } = write(config)
      const [wanted, found] = [resolve(config), resolve(read(settings).config)]
      const noted = new Set(notes.map(({ field }) => field))
      for (const field of fieldNames) {
        if (!noted.has(field)) expect(found[field], field).toEqual(wanted[field])
        else if (support.fields[field].support !== 'approximated') expect(found[field], field).not.toEqual(wanted[field])
      }
      for (const { message } of notes) expect(message.length).toBeGreaterThan(10)
    }),
    { numRuns: draws(200) },
  )
})

test.each(names)('%s: its own settings come through a config and back with nothing changed', (name) => {
  const { read, write }: Dialect = dialects[name]
  fc.assert(
    fc.property(validSettings[name], (settings) => {
      const { config } = read(settings)
      expect(resolve(read(write(config).settings).config)).toEqual(resolve(config))
    }),
    { numRuns: draws(200) },
  )
})

test.each(names)('%s: a setting that is not the default changes the config or has a note', (name) => {
  const { read }: Dialect = dialects[name]
  const alone = fc
    .tuple(validSettings[name], fc.nat())
    .map(([settings, pick]) => Object.entries(settings).filter((_, index, { length }) => index === pick % length))
    // Neither can stand alone: it is the other's default that it contradicts.
    .filter(([entry]) => entry !== undefined && !(entry[0] === 'keepalive_timeout' && entry[1] === null))
  fc.assert(
    fc.property(alone, (entries) => {
      const [key = '', value] = entries[0] ?? []
      fc.pre(!isDefault(name, key, value))
      const { config, notes } = read(Object.fromEntries(entries))
      const noted = notes.some(({ field }) => field === key || field.startsWith(`${key}.`))
      if (!noted) expect(config).not.toEqual(read({}).config)
    }),
  )
})

/** Whether a setting says what holds without it: also an empty list, False for 0, and a group of nothing but defaults. */
function isDefault(name: keyof typeof dialects, key: string, value: unknown): boolean {
  const { defaults } = dialects[name].support
  const standard = defaultOf(defaults, key)
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && standard === null) {
    return Object.entries(value).every(([child, one]) => one === defaultOf(defaults, `${key}.${child}`))
  }
  if (standard === undefined) return JSON.stringify(value) === '[]'
  return JSON.stringify(value) === JSON.stringify(standard) || value === Boolean(standard)
}

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
})

test.each(all)('$name: any value at all is read or refused, never worse', ({ read, support }) => {
  const keys = Object.keys(support.settings).flatMap((key) => [key, ...key.split('.')])
  const key = fc.oneof(
    fc.constantFrom(...keys),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'maxConnections'),
    fc.string(),
  )
  const nearly = fc.dictionary(key, fc.oneof(anything, fc.double(), fc.integer(), fc.dictionary(key, anything)))
  const readAnything = read as (settings: unknown, options: unknown) => { config: PoolConfig }
  fc.assert(
    fc.property(
      fc.oneof(nearly, anything),
      fc.oneof(fc.constant(undefined), fc.record({ version: fc.oneof(fc.string(), anything) }), anything),
      (settings, options) => {
        const before = structuredCloneOrSelf(settings)
        try {
          const { config } = readAnything(settings, options)
          parsePoolConfig(config)
        } catch (error) {
          if (!(error instanceof PoolConfigError)) throw error
          expect(error.issues.length).toBeGreaterThan(0)
          for (const { message, path } of error.issues) {
            expect(message.length).toBeLessThan(700)
            expect(path.length).toBeLessThan(200)
          }
        }
        expect(settings).toEqual(before)
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
      },
    ),
    { numRuns: draws(250) },
  )
})

function structuredCloneOrSelf(value: unknown): unknown {
  try {
    return structuredClone(value)
  } catch {
    return value
  }
}

test.each(all)('$name: values that throw when they are touched are refused', ({ read, support }) => {
  const readAnything = read as (settings: unknown, options?: unknown) => unknown
  const refused = (settings: unknown, options?: unknown) => expect(() => readAnything(settings, options)).toThrow(PoolConfigError)
  for (const value of [revoked(), hostile(), hostileValue()]) refused(value)
  for (const key of Object.keys(support.settings).map((path) => path.split('.')[0] ?? path)) {
    refused(throwing(key))
    for (const value of [revoked(), hostile(), hostileValue(), cyclic(), [revoked()], new Map(), 5n, () => 5])
      refused({ [key]: value })
  }
  refused({}, { version: hostileValue() })
})
