import dns, { type LookupAddress, type LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cachedLookup } from '../../src/engines/lookup.ts'
import { addressesOf, ask, both, type Found, failure, filled, openLookup, TestClock } from './resolver.ts'

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
    { family: 10 },
    { family: Symbol('near') as never },
    { family: Symbol('far') as never },
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
