import fc from 'fast-check'
import { cyclic, hostile, hostileValue, revoked, throwing } from '../config/hostile.ts'

const fail = () => {
  throw new Error('no')
}

class Shape {
  maxConnections = 5
  get block(): boolean {
    return fail()
  }
}

/** Objects that do harm when they are looked at, made anew each time. */
export const traps: readonly (readonly [name: string, make: () => unknown])[] = [
  ['a revoked proxy', revoked],
  ['a proxy whose every trap throws', () => new Proxy({}, new Proxy({}, { get: fail }))],
  ['a proxy whose traps throw', hostile],
  [
    'a proxy without end',
    () =>
      new Proxy(
        {},
        {
          get: (_, key) => (typeof key === 'string' ? {} : undefined),
          ownKeys: () => ['a', 'b'],
          getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
        },
      ),
  ],
  ['a getter that throws', () => throwing('maxConnections')],
  ['a getter that throws for hosts', () => throwing('hosts')],
  ['a value that must not be called', hostileValue],
  ['an object that holds itself', cyclic],
  [
    'an array that holds itself',
    () => {
      const list: unknown[] = []
      list.push(list)
      return list
    },
  ],
  ['an instance of a class', () => new Shape()],
  ['a class', () => Shape],
  ['an object of a prototype with limits', () => Object.create({ maxConnections: 5 })],
  ['an object without a prototype', () => Object.create(null)],
  [
    'a prototype of null with a hostile key',
    () => Object.defineProperty(Object.create(null), '__proto__', { value: { block: false }, enumerable: true }),
  ],
  ['JSON with __proto__', () => JSON.parse('{"__proto__":{"polluted":true,"maxConnections":1}}')],
  ['JSON with constructor', () => JSON.parse('{"constructor":{"prototype":{"polluted":true}}}')],
  ['symbols as keys', () => ({ [Symbol.iterator]: fail, [Symbol.toPrimitive]: fail, [Symbol('x')]: 1 })],
  ['a symbol', () => Symbol('x')],
  ['a bigint', () => 2n ** 70n],
  ['a function', () => fail],
  ['an array of a million', () => new Array(1_000_000).fill(1)],
  ['a sparse array', () => new Array(2 ** 32 - 1)],
  ['a huge typed array', () => new Uint8Array(10_000_000)],
  ['a string of ten megabytes', () => 'x'.repeat(10_000_000)],
  ['a long list of digits', () => '1'.repeat(1_000_000)],
  ['a key of ten megabytes', () => ({ ['k'.repeat(10_000_000)]: 1 })],
  ['many keys', () => Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at]))],
  [
    'many hosts',
    () => ({ hosts: Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`h${at}.test`, { keepAlive: true }])) }),
  ],
  ['a date', () => new Date(Number.NaN)],
  ['a regular expression', () => /(a+)+$/],
  ['a map', () => new Map([['maxConnections', 5]])],
  ['a promise', () => Promise.resolve({})],
  ['a promise-like', () => Object.defineProperty({}, 'then', { get: fail, enumerable: true })],
  ['an error', () => new Error('x', { cause: fail })],
  ['a boxed number', () => new Number(5)],
  ['a boxed string', () => new String('4s')],
  ['an object that is a number by valueOf', () => ({ valueOf: () => 5, toString: () => '5' })],
  [
    'a generator',
    () =>
      (function* () {
        yield 1
      })(),
  ],
  ['null', () => null],
  ['NaN', () => Number.NaN],
  ['minus zero', () => -0],
]

const heavy = /million|mega|huge|many|long/

/** Those that take no time by their mere size. */
export const lightTraps = traps.filter(([name]) => !heavy.test(name))

/** Stands for a trap until all is generated: fast-check looks at what it makes. */
class Trap {
  readonly make: () => unknown
  constructor(make: () => unknown) {
    this.make = make
  }
}

function sprung(value: unknown, depth = 0): unknown {
  if (value instanceof Trap) return value.make()
  if (depth > 3 || typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, sprung(one, depth + 1)]))
}

/** Makes a value of any kind: a trap, what fast-check thinks of, or either somewhere in an object of the names given. */
export function anyValue(names: readonly string[]): fc.Arbitrary<() => unknown> {
  const trap = fc.constantFrom(...lightTraps).map(([, make]) => new Trap(make))
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withObjectString: true,
    maxDepth: 3,
  })
  const leaf = fc.oneof(
    trap,
    anything,
    fc.constantFrom(0, -1, 1.5, Number.MAX_VALUE, Number.POSITIVE_INFINITY, 'unlimited', '4s', 'x'),
  )
  const shaped = fc.dictionary(fc.constantFrom(...names), leaf, { maxKeys: 6, noNullPrototype: true })
  const nested = fc.dictionary(fc.constantFrom(...names), fc.oneof(leaf, shaped), { maxKeys: 4, noNullPrototype: true })
  return fc.oneof(leaf, shaped, nested).map((value) => () => sprung(value))
}
