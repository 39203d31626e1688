import type { LookupAddress, LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { cachedLookup } from '../../src/engines/lookup.ts'
import { FakeClock } from '../pool/fake-clock.ts'

export type Found = readonly [
  error: NodeJS.ErrnoException | null,
  addresses: string | LookupAddress[],
  family?: number | undefined,
]

interface Question {
  readonly name: string
  readonly options: LookupOptions
  answer(...found: Found): void
}

/** A resolver that answers when the test says so. */
class Resolver {
  readonly questions: Question[] = []

  readonly lookup: LookupFunction = (name, options, callback) => {
    this.questions.push({ name, options, answer: callback as Question['answer'] })
  }

  get last(): Question {
    return this.questions.at(-1) as Question
  }
}

export const both = (addresses: readonly string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

export const ask = (lookup: LookupFunction, name = 'a.test', options: LookupOptions = { all: true }): Promise<Found> =>
  new Promise((resolve) => lookup(name, options, (...found) => resolve(found)))

export const addressesOf = async (lookup: LookupFunction, options?: LookupOptions): Promise<string[]> => {
  const [error, found] = await ask(lookup, 'a.test', options)
  if (error) throw error
  return typeof found === 'string' ? [found] : found.map(({ address }) => address)
}

export function openLookup(ttl: number, clock = new TestClock()) {
  const resolver = new Resolver()
  return { resolver, clock, lookup: cachedLookup(ttl, clock, resolver.lookup) }
}

/** The same with an answer in it. */
export async function filled(addresses: readonly string[], ttl = 1000) {
  const opened = openLookup(ttl)
  const first = ask(opened.lookup)
  opened.resolver.last.answer(null, both(addresses))
  return { ...opened, first: await first }
}

/** Time that passes only when told, and turns that come by themselves. */
export class TestClock extends FakeClock {
  override check<A>(callback: (argument: A) => void, argument: A): void {
    setImmediate(callback, argument)
  }
}

export const turn = () => new Promise((resolve) => setImmediate(resolve))

export const failure = Object.assign(new Error('getaddrinfo EAI_AGAIN a.test'), { code: 'EAI_AGAIN' })
