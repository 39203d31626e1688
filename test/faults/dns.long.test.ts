import type { LookupFunction } from 'node:net'
import { describe, expect, test } from 'vitest'
import { always } from './answers.ts'
import { engines } from './engines.ts'
import { aborted, type Expected, fails, mismatch, whole } from './expected.ts'
import { acquireTimeout, ask, inTime, recovers, settled, testTimeout } from './run-fault.ts'
import { useFaultServer } from './suite.ts'

type Options = Parameters<LookupFunction>[1]
type Callback = Parameters<LookupFunction>[2]

const failure = (code: string) => Object.assign(new Error(`getaddrinfo ${code} a.probe.test`), { code, syscall: 'getaddrinfo' })

function found(options: Options, callback: Callback, address = '127.0.0.1'): void {
  if (options.all) callback(null, [{ address, family: 4 }])
  else callback(null, address, 4)
}

const timedOut = fails('ERR_POOL_CONNECT_TIMEOUT')

/** Answers that are held until they are let go: however busy the machine is, not before. */
class Held {
  readonly #answers: Array<() => void> = []

  add(answer: () => void): void {
    this.#answers.push(answer)
  }

  release(): void {
    for (const answer of this.#answers.splice(0)) answer()
  }
}

interface Case {
  readonly name: string
  readonly lookup: (...args: [...Parameters<LookupFunction>, held: Held]) => void
  readonly expected: Expected
  /** False: not tried with `dnsCacheTtl`, as the second request may find what came too late for the first. */
  readonly cached?: false
  readonly abortAfter?: number
}

const cases: readonly Case[] = [
  { name: 'ENOTFOUND', lookup: (_, __, callback) => callback(failure('ENOTFOUND'), ''), expected: fails('ENOTFOUND') },
  {
    name: 'EAI_AGAIN after a while',
    lookup: (_, __, callback) => void setTimeout(callback, 30, failure('EAI_AGAIN'), ''),
    expected: fails('EAI_AGAIN'),
  },
  {
    name: 'an empty list',
    lookup: (_, __, callback) => void setImmediate(callback, null, []),
    expected: fails('ENOTFOUND'),
  },
  {
    name: 'no address at all',
    lookup: (_, __, callback) => void setImmediate(callback as () => void),
    expected: fails('ENOTFOUND'),
  },
  {
    name: 'an address that is none',
    lookup: (_, options, callback) => void setImmediate(found, options, callback, 'not an address'),
    expected: fails('ERR_INVALID_IP_ADDRESS'),
  },
  {
    name: 'addresses where nobody listens, the right one last',
    lookup(_, options, callback) {
      if (!options.all) return found(options, callback)
      callback(
        null,
        ['127.0.0.2', '127.0.0.3', '127.0.0.1'].map((address) => ({ address, family: 4 })),
      )
    },
    expected: whole('ok'),
  },
  {
    name: 'a throw',
    lookup() {
      throw failure('ETHROWN')
    },
    expected: fails('ETHROWN'),
  },
  {
    name: 'a throw behind an answer',
    lookup(_, options, callback) {
      found(options, callback)
      throw failure('ETHROWN')
    },
    expected: fails('ETHROWN'),
  },
  {
    name: 'called back twice, with success',
    lookup(_, options, callback) {
      setImmediate(() => {
        found(options, callback)
        found(options, callback)
      })
    },
    expected: whole('ok'),
  },
  {
    name: 'called back twice, with an error first',
    lookup(_, options, callback) {
      setImmediate(() => {
        callback(failure('ENOTFOUND'), '')
        found(options, callback)
      })
    },
    expected: fails('ENOTFOUND'),
  },
  {
    name: 'called back twice, with an error behind',
    lookup(_, options, callback) {
      setImmediate(() => {
        found(options, callback)
        callback(failure('ENOTFOUND'), '')
      })
    },
    expected: whole('ok'),
  },
  { name: 'never called back', lookup: () => {}, expected: timedOut },
  { name: 'never called back, the request aborted', lookup: () => {}, abortAfter: 50, expected: aborted },
  {
    name: 'slow, the request aborted meanwhile',
    lookup: (_, options, callback, held) => held.add(() => found(options, callback)),
    abortAfter: 50,
    expected: aborted,
    cached: false,
  },
  {
    name: 'slower than connectTimeout',
    lookup: (_, options, callback, held) => held.add(() => found(options, callback)),
    expected: timedOut,
    cached: false,
  },
]

const server = useFaultServer()

describe.each(engines)('$name', { concurrent: true, timeout: testTimeout }, (engine) => {
  for (const [scheme, dnsCacheTtl] of [
    ['http', 0],
    ['https', 0],
    ['http', 'unlimited'],
  ] as const) {
    const tried = dnsCacheTtl === 0 ? cases : cases.filter(({ cached }) => cached !== false)
    test.each(tried)(`$name, ${scheme}, dnsCacheTtl ${dnsCacheTtl}`, async ({ lookup: lookUp, abortAfter, expected }) => {
      const held = new Held()
      const lookup: LookupFunction = (name, options, callback) => lookUp(name, options, callback, held)
      const origin = await server().listen({ scheme, connections: [always('ok')] })
      const other = await server().listen({ scheme, connections: [always('good')] })
      // Only where it is awaited: a busy machine may take as long for a connect that comes about.
      const connectTimeout = expected === timedOut ? 200 : 60_000
      const hosts = { 'a.probe.test': { connectTimeout } }
      const pool = engine.createPool({ maxConnections: 1, acquireTimeout, dnsCacheTtl, hosts }, { lookup })
      const named = origin.url.replace('127.0.0.1', 'a.probe.test')
      // Twice: the second would wait in vain for a place that the first did not give back.
      for (const method of ['GET', 'POST']) {
        const outcome = await ask(engine, pool, named, { method, ...(abortAfter === undefined ? {} : { abortAfter }) })
        expect(mismatch(expected, outcome, engine.name), method).toBe(null)
      }
      await settled(pool, [origin, other])
      await recovers(engine, pool, other, [origin, other])
      await inTime(pool.close(), 'close()')
      // A look-up that answers after all opens nothing any more.
      held.release()
      await new Promise((resolve) => setTimeout(resolve, 20))
      await settled(pool, [origin, other], 0)
    })
  }
})
