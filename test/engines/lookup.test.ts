import { AsyncLocalStorage } from 'node:async_hooks'
import dns, { type LookupAddress, type LookupOptions } from 'node:dns'
import net, { type AddressInfo, type LookupFunction } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { cachedLookup } from '../../src/engines/lookup.ts'
import { systemClock } from '../../src/pool/clock.ts'
import { FakeClock } from '../pool/fake-clock.ts'
import { listen, open, send } from './node-agent/support.ts'

type Found = readonly [error: NodeJS.ErrnoException | null, addresses: string | LookupAddress[], family?: number | undefined]

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

const both = (addresses: readonly string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

const ask = (lookup: LookupFunction, name = 'a.test', options: LookupOptions = { all: true }): Promise<Found> =>
  new Promise((resolve) => lookup(name, options, (...found) => resolve(found)))

const addressesOf = async (lookup: LookupFunction, options?: LookupOptions): Promise<string[]> => {
  const [error, found] = await ask(lookup, 'a.test', options)
  if (error) throw error
  return typeof found === 'string' ? [found] : found.map(({ address }) => address)
}

function openLookup(ttl: number, clock = new TestClock()) {
  const resolver = new Resolver()
  return { resolver, clock, lookup: cachedLookup(ttl, clock, resolver.lookup) }
}

/** The same with an answer in it. */
async function filled(addresses: readonly string[], ttl = 1000) {
  const opened = openLookup(ttl)
  const first = ask(opened.lookup)
  opened.resolver.last.answer(null, both(addresses))
  return { ...opened, first: await first }
}

/** Time that passes only when told, and turns that come by themselves. */
class TestClock extends FakeClock {
  override check<A>(callback: (argument: A) => void, argument: A): void {
    setImmediate(callback, argument)
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

const failure = Object.assign(new Error('getaddrinfo EAI_AGAIN a.test'), { code: 'EAI_AGAIN' })

describe('what is remembered', () => {
  it('an answer, until it is too old', async () => {
    const { lookup, resolver, clock } = await filled(['127.0.0.1'])
    clock.advance(999)
    expect(await addressesOf(lookup)).toEqual(['127.0.0.1'])
    expect(resolver.questions).toHaveLength(1)
    clock.advance(1)
    const again = addressesOf(lookup)
    resolver.last.answer(null, both(['127.0.0.2']))
    expect(await again).toEqual(['127.0.0.2'])
    expect(resolver.questions).toHaveLength(2)
  })

  it('an answer for ever, without a timer', async () => {
    const { lookup, resolver, clock } = await filled(['127.0.0.1'], Number.POSITIVE_INFINITY)
    clock.advance(1e12)
    await addressesOf(lookup)
    expect(resolver.questions).toHaveLength(1)
    expect(clock.alarms).toEqual([])
  })

  it.each<[string, Found, string]>([
    ['a failure', [failure, ''], 'EAI_AGAIN'],
    ['an empty list', [null, []], 'ENOTFOUND'],
    ['an empty address', [null, ''], 'ENOTFOUND'],
    ['nothing', [null, undefined as unknown as string], 'ENOTFOUND'],
    ['a list of nonsense', [null, [null, 7, {}] as unknown as LookupAddress[]], 'ENOTFOUND'],
  ])('not %s', async (_, found, code) => {
    const { lookup, resolver } = openLookup(1000)
    for (const all of [true, false]) {
      const asked = ask(lookup, 'a.test', { all })
      resolver.last.answer(...found)
      expect((await asked)[0]).toMatchObject({ code })
    }
    expect(resolver.questions).toHaveLength(2)
  })

  it('no text that is no address, though the socket is to refuse it', async () => {
    const { lookup, resolver } = openLookup(1000)
    for (let round = 1; round <= 2; round++) {
      const asked = ask(lookup)
      resolver.last.answer(null, 'a name', 4)
      expect(await asked).toEqual([null, [{ address: 'a name', family: 4 }]])
      expect(resolver.questions).toHaveLength(round)
    }
  })

  it('10,000 names: the one that was asked for the longest ago goes', async () => {
    const resolve = vi.fn<LookupFunction>((_, __, callback) => callback(null, '127.0.0.1', 4))
    const lookup = cachedLookup(1000, new TestClock(), resolve)
    const name = (index: number) => `${index}.test`
    for (let index = 0; index < 10_000; index++) await ask(lookup, name(index))
    await ask(lookup, name(0))
    await ask(lookup, 'one more')
    expect(resolve).toHaveBeenCalledTimes(10_001)
    await ask(lookup, name(0))
    expect(resolve).toHaveBeenCalledTimes(10_001)
    await ask(lookup, name(1))
    expect(resolve).toHaveBeenCalledTimes(10_002)
  })
})

describe('which question it answers', () => {
  const questions: readonly LookupOptions[] = [
    {},
    { family: 4 },
    { family: 6 },
    { hints: dns.ADDRCONFIG },
    { hints: dns.V4MAPPED },
    { order: 'ipv4first' },
    { order: 'ipv6first' },
  ]

  it('another for each family, hints and order', async () => {
    const { lookup, resolver } = openLookup(1000)
    for (let round = 0; round < 2; round++) {
      for (const [index, options] of questions.entries()) {
        const asked = addressesOf(lookup, options)
        if (round === 0) resolver.last.answer(null, both([`10.0.0.${index}`]))
        expect(await asked).toEqual([`10.0.0.${index}`])
      }
    }
    expect(resolver.questions.map(({ options }) => options)).toEqual(questions.map((options) => ({ ...options, all: true })))
  })

  it.each<[string, LookupOptions, LookupOptions]>([
    ['all or one', { all: true }, { all: false }],
    ['family 0 or none', { family: 0 }, {}],
    ['IPv4 or 4', { family: 'IPv4' }, { family: 4 }],
    ['IPv6 or 6', { family: 'IPv6' }, { family: 6 }],
    ['hints 0 or none', { hints: 0 }, {}],
  ])('the same for %s', async (_, one, other) => {
    const { lookup, resolver } = openLookup(1000)
    const first = addressesOf(lookup, one)
    resolver.last.answer(null, both(['127.0.0.1']))
    await first
    expect(await addressesOf(lookup, other)).toEqual(['127.0.0.1'])
    expect(resolver.questions).toHaveLength(1)
  })

  it('another under another order of the process', async () => {
    const before = dns.getDefaultResultOrder()
    onTestFinished(() => dns.setDefaultResultOrder(before))
    const { lookup, resolver } = openLookup(Number.POSITIVE_INFINITY)
    for (const order of ['ipv4first', 'ipv6first', 'ipv4first'] as const) {
      dns.setDefaultResultOrder(order)
      const asked = addressesOf(lookup)
      for (const { answer } of resolver.questions) answer(null, both(['127.0.0.1']))
      await asked
    }
    expect(resolver.questions).toHaveLength(2)
  })
})

describe('the order of addresses', () => {
  it('is the resolver’s: families keep their places, and within one the next comes first each time', async () => {
    const list = ['::1', '::2', '10.0.0.1', '::3', '10.0.0.2']
    const { lookup, first } = await filled(list)
    expect(first).toEqual([null, both(list)])
    expect(await addressesOf(lookup)).toEqual(['::2', '::3', '10.0.0.2', '::1', '10.0.0.1'])
    expect(await addressesOf(lookup)).toEqual(['::3', '::1', '10.0.0.1', '::2', '10.0.0.2'])
    expect(await addressesOf(lookup)).toEqual(['::1', '::2', '10.0.0.2', '::3', '10.0.0.1'])
  })

  it('holds where one address is asked for', async () => {
    const { lookup } = await filled(['10.0.0.1', '10.0.0.2', '::1'])
    const seen = []
    for (let round = 0; round < 4; round++) seen.push(await ask(lookup, 'a.test', {}))
    expect(seen).toEqual(['10.0.0.2', '10.0.0.1', '10.0.0.2', '10.0.0.1'].map((address) => [null, address, 4]))
  })

  it('is nobody’s to change: each gets a list of its own', async () => {
    const { lookup } = await filled(['10.0.0.1', '10.0.0.2'])
    const [, mine] = await ask(lookup)
    for (const entry of mine as LookupAddress[]) entry.address = 'changed'
    ;(mine as LookupAddress[]).length = 0
    expect((await addressesOf(lookup)).sort()).toEqual(['10.0.0.1', '10.0.0.2'])
  })
})

describe('many at one time', () => {
  it('ask once, and share a failure', async () => {
    const { lookup, resolver } = openLookup(1000)
    const asked = [1, 2, 3].map(() => addressesOf(lookup))
    expect(resolver.questions).toHaveLength(1)
    resolver.last.answer(null, both(['10.0.0.1', '10.0.0.2']))
    expect((await Promise.all(asked)).map(([address]) => address)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.1'])
    const other = [1, 2].map(() => ask(lookup, 'b.test'))
    resolver.last.answer(failure, '')
    expect((await Promise.all(other)).map(([error]) => error)).toEqual([failure, failure])
    expect(resolver.questions).toHaveLength(2)
  })

  it('do not wait for a look-up that was lost: after a second the next asks anew', async () => {
    const { lookup, resolver, clock } = openLookup(60_000)
    const [lost] = [addressesOf(lookup), clock.advance(1000)]
    const next = addressesOf(lookup)
    expect(resolver.questions).toHaveLength(2)
    resolver.last.answer(null, both(['10.0.0.2']))
    expect(await next).toEqual(['10.0.0.2'])
    // It comes after all: for its own caller, and it does not stand before the newer one.
    resolver.questions[0]?.answer(null, both(['10.0.0.1']))
    expect(await lost).toEqual(['10.0.0.1'])
    expect(await addressesOf(lookup)).toEqual(['10.0.0.2'])
  })

  it('hear once, however often the look-up calls back', async () => {
    const { lookup, resolver } = openLookup(1000)
    const callback = vi.fn<() => void>()
    lookup('a.test', { all: true }, callback)
    resolver.last.answer(null, both(['10.0.0.1']))
    resolver.last.answer(failure, '')
    await turn()
    expect(callback).toHaveBeenCalledTimes(1)
    expect(await addressesOf(lookup)).toEqual(['10.0.0.1'])
  })

  it.each([true, false])('each hear in their own async context, and asynchronously, all %s', async (all) => {
    const storage = new AsyncLocalStorage<string>()
    const { lookup, resolver } = openLookup(1000)
    const seen: unknown[] = []
    const begin = (name: string) =>
      storage.run(name, () => lookup('a.test', { all }, () => seen.push([name, storage.getStore()])))
    begin('first')
    begin('second')
    storage.run('the resolver', () => resolver.last.answer(null, both(['10.0.0.1'])))
    begin('third')
    expect(seen).toEqual([])
    await turn()
    expect(seen).toEqual(['first', 'second', 'third'].map((name) => [name, name]))
  })

  it('do not suffer from what the callback of another throws', async () => {
    const later: (() => void)[] = []
    const clock = Object.assign(new TestClock(), {
      check: <A>(callback: (argument: A) => void, argument: A) => void later.push(() => callback(argument)),
    })
    const { lookup, resolver } = openLookup(1000, clock)
    const heard = vi.fn<() => void>()
    for (const callback of [
      heard,
      () => {
        throw new Error('mine')
      },
      heard,
    ])
      lookup('a.test', {}, callback)
    resolver.last.answer(null, both(['10.0.0.1']))
    const thrown = later.map((callback) => {
      try {
        return callback()
      } catch (error) {
        return (error as Error).message
      }
    })
    expect(thrown).toEqual([undefined, 'mine', undefined])
    expect(heard).toHaveBeenCalledTimes(2)
  })

  it('a look-up that throws is told to its caller, and the next asks anew', async () => {
    const resolve = vi.fn<LookupFunction>((_, __, callback) => callback(null, '10.0.0.1', 4))
    resolve.mockImplementationOnce(() => {
      throw failure
    })
    const lookup = cachedLookup(1000, new TestClock(), resolve)
    expect(() => lookup('a.test', {}, () => {})).toThrow(failure)
    expect(await ask(lookup, 'a.test', {})).toEqual([null, '10.0.0.1', 4])
  })
})

describe('under sockets', () => {
  it('the owner of a request hears its socket’s look-up, remembered or not', async () => {
    const { port } = await listen('http')
    const opened = open({ client: 'node-http', scheme: 'http' }, { dnsCacheTtl: '1m', keepAlive: false })
    for (let round = 0; round < 3; round++) {
      // In a microtask, where other microtasks come before the request's 'socket'.
      const { request, answer } = await Promise.resolve().then(() => send(opened, { host: 'localhost', port }))
      const heard = new Promise((resolve) => request.once('socket', (socket) => socket.once('lookup', resolve)))
      await answer
      expect(await heard).toBe(null)
    }
  })

  afterEach(() => vi.restoreAllMocks())

  it.each([true, false])('of the system’s look-up, as it is when it is asked, autoSelectFamily %s', async (autoSelectFamily) => {
    const lookup = cachedLookup(1000, systemClock)
    const system = vi.spyOn(dns, 'lookup')
    const server = net.createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await vi.waitFor(() => expect(server.listening).toBe(true))
    const { port } = server.address() as AddressInfo
    for (let round = 0; round < 3; round++) {
      const socket = net.connect({ host: 'localhost', port, lookup, autoSelectFamily, family: autoSelectFamily ? 0 : 4 })
      const told = await new Promise((resolve, reject) =>
        socket.on('error', reject).on('lookup', (...found) => resolve(found[3])),
      )
      expect(told).toBe('localhost')
      await new Promise((resolve) => socket.on('connect', resolve))
      socket.destroy()
    }
    expect(system.mock.calls.filter(([name]) => name === 'localhost')).toHaveLength(1)
  })
})
