import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, maxDuration, parseDuration } from '../../src/config/durations.ts'
import { fieldNames, fields, hostFieldNames } from '../../src/config/fields.ts'
import { compileHosts } from '../../src/config/hosts.ts'
import { parsePoolConfig, patchPoolConfig } from '../../src/config/parse.ts'
import type { PoolConfigField } from '../../src/config/types.ts'
import { conceal } from '../../src/config/values.ts'
import { PoolConfigError } from '../../src/errors.ts'
import { draws } from '../draws.ts'

const unlimited = fc.constantFrom('unlimited', Number.POSITIVE_INFINITY)

/** A value that the field takes, in any of its forms. */
function valueFor(field: PoolConfigField): fc.Arbitrary<unknown> {
  const spec = fields[field]
  switch (spec.kind) {
    case 'limit':
      return fc.oneof(
        fc.integer({ min: spec.zero === true ? 0 : 1 }),
        fc.integer({ min: 1, max: 5 }),
        ...('unlimited' in spec ? [] : [unlimited]),
      )
    case 'duration': {
      const ms = fc.integer({ min: spec.zero === true ? 0 : 1, max: maxDuration })
      const forms = [
        ms,
        ms.map(formatDuration),
        fc.double({ min: 1, max: maxDuration, noNaN: true }),
        fc.integer({ min: 1, max: 596 }).map((hours) => `${hours}h`),
      ]
      return fc.oneof(...forms, ...(spec.unlimited ? [unlimited] : []), ...('off' in spec ? [fc.constant(false)] : []))
    }
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...spec.choices)
    case 'proxy':
      return fc.constantFrom(false, 'env', 'http://proxy.test:3128', 'socks5h://[::1]')
    case 'list':
      return fc.oneof(fc.constant('env'), fc.subarray(['localhost', '.internal', '10.0.0.0/8', '*']))
    case 'hosts':
      return fc.dictionary(hostKey, recordOf(hostFieldNames), { maxKeys: 5 })
  }
}

const name = fc.constantFrom('a.test', 'b.a.test', 'C.test', 'localhost', '127.0.0.1', '[::1]', 'constructor')
const port = fc.integer({ min: 1, max: 65_535 })
const hostKey = fc.oneof(
  name,
  fc.tuple(name, port).map(([host, number]) => `${host}:${number}`),
  fc.tuple(fc.constantFrom('http', 'https'), name, port).map(([scheme, host, number]) => `${scheme}://${host}:${number}`),
  fc.constantFrom('*.test', '*.a.test', '*.example.com'),
)

function recordOf(names: readonly PoolConfigField[]): fc.Arbitrary<{ [field: string]: unknown }> {
  return fc.record(Object.fromEntries(names.map((field) => [field, valueFor(field)])), { requiredKeys: [] })
}

const validConfig = recordOf(fieldNames).filter((config) => {
  // The same host in two spellings is a mistake of its own.
  const keys = Object.keys(config.hosts ?? {}).map((key) => key.toLowerCase())
  return new Set(keys).size === keys.length
})

test('a resolved config is valid input and gives itself', () => {
  fc.assert(
    fc.property(validConfig, (input) => {
      const { config, explicit } = parsePoolConfig(input)
      expect([...explicit].sort()).toEqual(Object.keys(input).sort())
      expect(parsePoolConfig(config).config).toEqual(config)
    }),
  )
})

test('so does its form as JSON, with unlimited written out', () => {
  fc.assert(
    fc.property(validConfig, (input) => {
      const { config } = parsePoolConfig(input)
      const written = JSON.stringify(config, (_, value) => (value === Number.POSITIVE_INFINITY ? 'unlimited' : value))
      expect(parsePoolConfig(JSON.parse(written)).config).toEqual(config)
    }),
  )
})

test('a patch is the same as having written both at once', () => {
  fc.assert(
    fc.property(validConfig, validConfig, (first, second) => {
      const patched = patchPoolConfig(parsePoolConfig(first), second)
      const together = parsePoolConfig({ ...first, ...second })
      expect(patched).toEqual(together)
    }),
  )
})

test('every origin obeys limits that are written somewhere, and always the same', () => {
  fc.assert(
    fc.property(validConfig, hostKey, (input, key) => {
      const { config } = parsePoolConfig(input)
      const of = compileHosts(config)
      const origin = /^\w+:\/\//.test(key) ? key : `http://${key.replace('*', 'x')}${/:\d+$/.test(key) ? '' : ':80'}`
      const limits = of(origin)
      expect(of(origin)).toEqual(limits)
      for (const field of hostFieldNames) {
        const written = [config[field], ...Object.values(config.hosts).flatMap((override) => override[field] ?? [])]
        expect(written).toContain(limits[field])
      }
    }),
  )
})

/** Accepts, or refuses with the one error there is; nothing else. */
function outcome(input: unknown): 'accepted' | 'refused' {
  try {
    parsePoolConfig(input)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof PoolConfigError)) throw error
    expect(error.issues.length).toBeGreaterThan(0)
    for (const { path, message } of error.issues) {
      expect(message.length).toBeLessThan(700)
      expect(path.length).toBeLessThan(200)
    }
    return 'refused'
  }
}

test('any value at all is accepted or refused, never worse', () => {
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  })
  const key = fc.oneof(fc.constantFrom(...fieldNames, '__proto__', 'constructor', '$schema'), fc.string())
  const nearly = fc.dictionary(
    key,
    fc.oneof(anything, fc.dictionary(fc.oneof(hostKey, fc.string()), fc.dictionary(key, anything))),
  )
  fc.assert(
    fc.property(fc.oneof(anything, nearly, fc.jsonValue()), (input) => void outcome(input)),
    { numRuns: draws(2000) },
  )
})

test('one wrong value among right ones is the only thing that is said', () => {
  const wrong = fc.constantFrom(-1, Number.NaN, '', 'x', null, [], {}, 0.5, '7')
  const field = fc.constantFrom(...fieldNames.filter((name) => name !== 'hosts'))
  fc.assert(
    fc.property(validConfig, field, wrong, (config, name, value) => {
      fc.pre(!(fields[name].kind === 'list' && Array.isArray(value)))
      expect(() => parsePoolConfig({ ...config, [name]: value })).toThrow(
        expect.objectContaining({
          code: 'ERR_POOL_CONFIG',
          issues: [expect.objectContaining({ path: name, value: conceal(name, value) })],
        }),
      )
    }),
  )
})

test('parseDuration takes back what formatDuration gives', () => {
  const ms = fc.oneof(
    fc.integer({ min: 0, max: maxDuration }),
    fc.integer({ min: 0, max: 596 }).map((hours) => hours * 3_600_000),
  )
  fc.assert(fc.property(ms, (value) => parseDuration(formatDuration(value)) === value))
  expect(parseDuration(formatDuration(Number.POSITIVE_INFINITY), { unlimited: true })).toBe(Number.POSITIVE_INFINITY)
})

test('parseDuration gives whole milliseconds that timers can run, or refuses', () => {
  const texts = fc.stringMatching(/^ ?-?[0-9.]{0,12} ?(ms|s|m|h|d|sec|min|MS|S)?$/)
  fc.assert(
    fc.property(fc.oneof(texts, fc.string(), fc.double(), fc.anything()), (value) => {
      try {
        const ms = parseDuration(value)
        expect(Number.isInteger(ms) && ms >= 0 && ms <= maxDuration).toBe(true)
      } catch (error) {
        if (!(error instanceof PoolConfigError)) throw error
      }
    }),
    { numRuns: draws(1000) },
  )
})

test('what an error tells to write is valid', () => {
  const texts = fc.tuple(
    fc.integer({ min: 0, max: 5000 }),
    fc.constantFrom('', ' s', 'S', 'sec', ' minutes', 'd', 'h30m', ' MS', 'hrs', 'millis'),
  )
  fc.assert(
    fc.property(
      texts,
      fc.constantFrom('maxConnections', 'maxPending', 'acquireTimeout', 'dnsCacheTtl'),
      ([amount, unit], field) => {
        try {
          parsePoolConfig({ [field]: amount + unit })
        } catch (error) {
          const advice = (error as PoolConfigError).message.match(/write (?:the number (\d+)|"([^"]+)")/)
          if (advice) parsePoolConfig({ [field]: advice[1] ? Number(advice[1]) : advice[2] })
        }
      },
    ),
  )
})
