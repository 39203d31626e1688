import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { configFileSchema } from '../../scripts/build-schema.ts'
import { fieldNames } from '../../src/config/fields.ts'
import { PoolConfigError } from '../../src/errors.ts'
import { parseText } from '../../src/files/formats/index.ts'
import { parseJson } from '../../src/files/formats/json.ts'
import { Problems } from '../../src/files/problems.ts'
import { resolvePools } from '../../src/files/resolve.ts'
import { file, hostKey, value } from './drawn-files.ts'

const validates: ValidateFunction = addFormats.default(new Ajv({ strict: true, allErrors: true })).compile(configFileSchema())

/** As JSON writes it; infinite numbers as one that is too large for a double. */
function textOf(value: unknown): string {
  const mark = 'infinite number'
  const text = JSON.stringify(value, (_, part: unknown) => (part === Number.POSITIVE_INFINITY ? mark : part))
  return text.replaceAll(`"${mark}"`, '1e999')
}

/** What is wrong with a file of this text, as loadPools would say it. */
function refusals(text: string): readonly string[] {
  const problems = new Problems('/')
  const { value, faults } = parseJson(text)
  const author = () => ({ file: '/polypool.config.json' })
  const origin = (_: unknown, pool: string) => ({ from: 'file', pool, file: '/polypool.config.json' }) as const
  try {
    resolvePools({ file: { value, root: [], author, origin }, code: null, env: {} }, problems)
    return faults.map(({ problem }) => problem)
  } catch (error) {
    if (!(error instanceof PoolConfigError)) throw error
    return error.issues.map(({ message }) => message.replace(/^.*?polypool\.config\.json: /, ''))
  }
}

/**
 * What no JSON schema says, told by what the loader says about it: of all that the schema lets through, the loader refuses these and no
 * others. What the schema refuses, the loader refuses too, without exception.
 */
const beyondSchema: readonly { readonly what: string; readonly says: RegExp; readonly example: object }[] = [
  {
    what: 'a pool extends one that is not there',
    says: /extends: there is no pool/,
    example: { pools: { a: { extends: 'b' } } },
  },
  {
    what: 'pools extend one another in a circle',
    says: /extends goes round in a circle/,
    example: { pools: { a: { extends: 'b' }, b: { extends: 'a' } } },
  },
  {
    what: 'a chain of extends has no end',
    says: /extends goes through more than 16 pools/,
    example: {
      pools: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`p${at}`, at === 0 ? {} : { extends: `p${at - 1}` }])),
    },
  },
  {
    what: 'a fleet contradicts itself',
    says: /\.fleet\.(?:floor|ttl|margin): (?:floor ×|\S+ (?:is too short|leaves less))/,
    example: {
      pools: {
        a: { fleet: { maxConnections: 2, maxMembers: 3 } },
        b: { fleet: { maxConnections: 9, maxMembers: 3, ttl: '1s' } },
      },
    },
  },
  {
    what: 'a limit leaves less than one for each process',
    says: /over \d+ processes leaves less than one for each/,
    example: { processes: 3, pools: { a: { maxConnections: 2, hosts: { 'a.test': { maxConnectionsPerHost: 1 } } } } },
  },
  {
    what: 'a proxy is no URL',
    says: /proxy: "/,
    example: { pools: { a: { proxy: 'http://proxy.test:0' }, b: { hosts: { 'a.test': { proxy: 'http://a:b:c' } } } } },
  },
  {
    what: 'what noProxy lists is no host',
    says: /noProxy: "/,
    example: { pools: { a: { noProxy: ['10.0.0.0/33', 'api.*'] } } },
  },
  {
    what: 'one host is written twice, in two spellings',
    says: /is the same host as hosts/,
    example: { pools: { a: { hosts: { 'a.test': {}, 'A.test.': {} } } } },
  },
  {
    what: 'a name of other letters than ASCII, or punycode, that IDNA does not know',
    says: /hosts\[".*(?:[^\0-\x7f]|xn--).*"\].*: is (?:not a host|not a suffix|more than a host|too long)/i,
    example: { pools: { a: { hosts: { 'xn--a\u00ad-': {}, 'a\u2260\u3000': {} } } } },
  },
  {
    what: 'all pools together have more values than anybody needs',
    says: /values in all, inherited ones included/,
    example: {
      pools: Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [
          at === 0 ? 'default' : `p${at}`,
          at === 0
            ? { hosts: Object.fromEntries(Array.from({ length: 3000 }, (_, host) => [`h${host}`, { keepAlive: true }])) }
            : {},
        ]),
      ),
    },
  },
]

describe('what a schema can’t say', () => {
  it.each(beyondSchema)('$what', ({ example, says }) => {
    expect(validates(example)).toBe(true)
    const told = refusals(textOf(example))
    expect(told.length).toBeGreaterThan(0)
    for (const message of told) expect(message).toMatch(says)
  })
})

/** Both ask the same file; the loader's own refusals are of the kinds above. */
function compare(value: unknown): 'accepted' | 'refused' | 'beyond' {
  const text = textOf(value)
  const bySchema = validates(JSON.parse(text))
  const told = refusals(text)
  if (bySchema === (told.length === 0)) return bySchema ? 'accepted' : 'refused'
  const others = told.filter((message) => !beyondSchema.some(({ says }) => says.test(message)))
  if (bySchema && others.length === 0) return 'beyond'
  throw new Error(
    `${text}: the schema ${bySchema ? 'takes it' : `says ${JSON.stringify(validates.errors?.map(({ instancePath, message }) => instancePath + message))}`}, the loader says ${JSON.stringify(others)}`,
  )
}

test('the published schema and the loader accept the same files', () => {
  const counts = { accepted: 0, refused: 0, beyond: 0 }
  fc.assert(
    fc.property(file, (drawn) => {
      counts[compare(drawn)]++
    }),
    { numRuns: 4000 },
  )
  // A draw that only ever found one answer would prove nothing.
  expect(counts.accepted).toBeGreaterThan(500)
  expect(counts.refused).toBeGreaterThan(500)
  expect(counts.beyond).toBeGreaterThan(0)
})

test.each(fieldNames.filter((field) => field !== 'hosts'))(
  'they agree on every value of %s, in a pool and for a host',
  (field) => {
    fc.assert(
      fc.property(value, (drawn) => {
        compare({ pools: { default: { [field]: drawn } } })
        compare({ pools: { default: { hosts: { 'a.test': { [field]: drawn } } } } })
      }),
      { numRuns: 300 },
    )
  },
)

test('they agree on every key of hosts', () => {
  fc.assert(
    fc.property(hostKey, (key) => void compare({ pools: { default: { hosts: { [key]: { keepAlive: false } } } } })),
    { numRuns: 3000 },
  )
})

test.each([
  ['yaml', 'pools: { a: { maxConnections: .inf } }'],
  ['yaml', 'pools: { a: { keepAliveExpiry: .nan } }'],
  ['toml', '[pools.a]\nmaxConnections = inf'],
  ['json', '{"pools": {"a": {"maxConnections": 1e999}}}'],
  ['json5', '{pools: {a: {maxConnections: Infinity}}}'],
  ['json5', '{pools: {a: {maxConnections: -Infinity}}}'],
] as const)('what only code can write is refused in %s: %s', async (format, text) => {
  const { faults } = await parseText(format, text)
  expect(faults).toEqual([
    {
      path: expect.stringMatching(/^pools\.a\.\w+$/),
      place: { line: expect.any(Number), column: expect.any(Number) },
      problem: expect.stringMatching(/^(-?Infinity|NaN) is no number for a config file$/),
      fix: expect.stringMatching(/^for no limit, write "unlimited"$|^write a number$/),
    },
  ])
})
