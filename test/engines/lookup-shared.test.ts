import { AsyncLocalStorage } from 'node:async_hooks'
import dns from 'node:dns'
import net, { type AddressInfo, type LookupFunction } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { cachedLookup } from '../../src/engines/lookup.ts'
import { systemClock } from '../../src/pool/clock.ts'
import { listen, open, send } from './node-agent/support.ts'
import { addressesOf, ask, both, failure, openLookup, TestClock, turn } from './resolver.ts'

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
