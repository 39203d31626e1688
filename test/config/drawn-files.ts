import fc from 'fast-check'
import { fieldTexts } from '../../src/config/field-texts.ts'
import { fieldNames, hostFieldNames } from '../../src/config/fields.ts'
import type { PoolConfigField } from '../../src/config/types.ts'

const unit = fc.constantFrom('ms', 's', 'm', 'h', 'ms', 's', 'd', 'S', ' s', '', 'sec')
const digits = fc.oneof(
  fc.integer({ min: 0, max: 99 }).map(String),
  fc.constantFrom(
    '0',
    '00',
    '05',
    '1',
    '596',
    '597',
    '35791',
    '35792',
    '2147483',
    '2147484',
    '2147483647',
    '2147483648',
    '',
    '-1',
    '+1',
    '1e3',
  ),
)
const fraction = fc.constantFrom(
  '',
  '',
  '',
  '.',
  '.4',
  '.0',
  '.000',
  '.001',
  '.523',
  '.524',
  '.394',
  '.395',
  '.647',
  '.648',
  '.0001',
)
const durationText = fc.tuple(digits, fraction, unit).map((parts) => parts.join(''))
const number = fc.oneof(
  fc.integer({ min: -2, max: 5 }),
  fc.constantFrom(0.4, 0.5, 1.5, -0, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e300, Number.POSITIVE_INFINITY, 4000),
)
/** What fields may be given, right and wrong. */
export const value = fc.oneof(
  number,
  durationText,
  durationText,
  fc.constantFrom<unknown>('unlimited', 'Unlimited', true, false, 'true', 'lifo', 'fifo', 'LIFO', null, [], {}, '', '\u0000'),
)

const label = fc.oneof(
  fc.constantFrom(
    'a',
    'api',
    'test',
    'A-b',
    'my_s',
    '',
    '(x)',
    'a b',
    'ü',
    'xn--a',
    '__proto__',
    'x'.repeat(64),
    '*',
    '0x7f',
    '08',
    '@',
    '%41',
  ),
  fc.integer({ min: 0, max: 300 }).map(String),
)
const host = fc.oneof(
  fc
    .tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '.', '..'))
    .map(([parts, end]) => parts.join('.') + end),
  fc.constantFrom(
    '[::1]',
    '[::FFFF:1.2.3.4]',
    '[1:2]',
    '::1',
    '[::1',
    'localhost',
    '127.1',
    'x'.repeat(254),
    'constructor',
    '__proto__',
  ),
)
export const hostKey = fc
  .tuple(
    fc.constantFrom('', '', '', '*.', 'http://', 'HTTPS://', 'ftp://', '.'),
    host,
    fc.constantFrom('', '', ':80', ':0', ':65536', ':00443', ':', '/x'),
  )
  .map((parts) => parts.join(''))

const perHost = objectOf([...hostFieldNames, 'maxConnections', '$schema', 'block'])
const hosts = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.dictionary(hostKey, fc.oneof({ weight: 5, arbitrary: perHost }, { weight: 1, arbitrary: value }), {
      maxKeys: 2,
    }),
  },
  { weight: 1, arbitrary: value },
)

/** Mostly something that the field takes, so that one wrong thing is not hidden behind others. */
function valueFor(name: string): fc.Arbitrary<unknown> {
  if (name === 'hosts') return hosts
  if (name === 'extends')
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom('default', 'a', 'b', 'c') }, { weight: 1, arbitrary: value })
  const example: unknown = Object.hasOwn(fieldTexts, name) ? fieldTexts[name as PoolConfigField].example : 'default'
  return fc.oneof({ weight: 4, arbitrary: fc.constant(example) }, { weight: 3, arbitrary: value })
}

function objectOf(names: readonly string[]): fc.Arbitrary<object> {
  return fc
    .uniqueArray(fc.constantFrom(...names), { maxLength: 3 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, valueFor(name)]))))
}

const poolName = fc.oneof(
  fc.constantFrom('default', 'a', 'b', 'Payments-2', 'a.b', '0', 'x'.repeat(64), 'x'.repeat(65)),
  fc.constantFrom('', '_a', 'a__b', 'a b', '-a', 'a_', 'ä', '__proto__', 'constructor', 'a\n', '.a'),
)
const pool = fc.oneof(
  { weight: 8, arbitrary: objectOf([...fieldNames, 'hosts', 'hosts', 'extends', '$schema', 'maxSockets', 'pools']) },
  { weight: 1, arbitrary: value },
)
const pools = fc.oneof({ weight: 9, arbitrary: fc.dictionary(poolName, pool, { maxKeys: 3 }) }, { weight: 1, arbitrary: value })
const others = fc.dictionary(fc.constantFrom('$schema', 'pool', 'default', 'extends', 'processes', 'processes'), value, {
  maxKeys: 1,
})
const top = fc.tuple(pools, fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: others }))
/** Config files, right and wrong; most wrong ones in one place. */
export const file = fc.oneof(
  { weight: 9, arbitrary: top.map(([found, more]) => ({ pools: found, ...more })) },
  { weight: 1, arbitrary: fc.oneof(value, fc.dictionary(fc.constantFrom('pools', '$schema'), value)) },
)
