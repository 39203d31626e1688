import { inspect, isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as axios from '../../adapters/axios.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import type { CloseOptions, CreatePoolOptions } from '../../src/adapter.ts'
import { parsePoolConfig } from '../../src/config/parse.ts'
import { openPool } from '../../src/engines/open-pool.ts'
import { isPoolError, PoolClosedError, PoolConfigError, PoolUnsupportedError } from '../../src/errors.ts'
import type { Core } from '../../src/pool/port.ts'
import { adapterModules } from '../hostile/adapters.ts'

function thrownBy(call: () => unknown): Error {
  try {
    call()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe.each(adapterModules)('createPool of $name', ({ module: { createPool } }) => {
  it.each([
    [{ strickt: false }, '"strickt" is unknown to the third argument of createPool: did you mean strict?'],
    [{ Name: 'a' }, '"Name" is unknown to the third argument of createPool: did you mean name?'],
    [{ maxConnections: 3 }, '"maxConnections" is unknown to the third argument of createPool: it is a limit and goes first'],
    [
      { ca: 'x' },
      '"ca" is unknown to the third argument of createPool: it takes name, strict, warnings, leakDetection (options of the client go second)',
    ],
    [{ strict: 'false' }, 'strict of the third argument of createPool: "false" is neither true nor false'],
    [{ strict: null }, 'strict of the third argument of createPool: null is neither true nor false'],
    [{ name: '' }, 'name of the third argument of createPool: "" is no name: use a text such as "payments"'],
    [{ name: 5 }, 'name of the third argument of createPool: 5 is no name'],
    [null, 'the third argument of createPool is null: pass an object such as { name, strict }, or leave it out'],
    [false, 'the third argument of createPool is false: pass an object'],
    [['strict'], 'the third argument of createPool is an array: pass an object'],
    [Promise.resolve({ strict: false }), 'the third argument of createPool is a promise: await it'],
    [new Map([['strict', false]]), 'the third argument of createPool is an object with a prototype of its own: pass an object'],
    [Object.create({ strict: false }), 'the third argument of createPool is an object with a prototype of its own'],
  ])('refuses %j as its third argument', (options, message) => {
    const error = thrownBy(() => createPool({}, {}, options as CreatePoolOptions))
    expect(error).toBeInstanceOf(PoolUnsupportedError)
    expect(error.message).toContain(message)
  })

  it('takes no config, and says what null is', async () => {
    await using pool = createPool(undefined)
    expect(pool.config.maxConnections).toBe(100)
    const error = thrownBy(() => createPool(null as never))
    expect(error).toBeInstanceOf(PoolConfigError)
    expect(error.message).toBe('the pool config is null: pass a plain object such as { maxConnections: 50 }')
  })

  it.each([
    [null, 'the native options are null'],
    ['ca', 'the native options are a string'],
    [[], 'the native options are an array'],
    [Promise.resolve({}), 'the native options are a promise: await it'],
    [new Map([['ca', 'x']]), 'the native options are an object with a prototype of its own: pass an object such as { ca }'],
    [Object.create({ ca: 'x' }), 'the native options are an object with a prototype of its own'],
    [Object.assign(Object.create({ ca: 'x' }), { family: 4 }), 'an object that inherits "ca", which is not seen'],
    [nodeHttp.createPool(), 'the native options are a pool'],
    [nodeHttp.createPool().options.https, 'the native options are an agent, and a pool makes its own (readSettings(agent)'],
  ])('refuses %o as native options', (native, message) => {
    expect(thrownBy(() => createPool({}, native as never))).toMatchObject({
      code: 'ERR_POOL_UNSUPPORTED',
      message: expect.stringContaining(message),
    })
  })

  it('leaves nothing of a pool that could not be made in the limits that it was to share', async () => {
    const first = nodeHttp.createPool({ maxConnections: 3 })
    const failure = new TypeError('deep inside the client')
    const native = Object.defineProperty({}, 'lookup', {
      enumerable: true,
      get() {
        throw failure
      },
    })
    const error = thrownBy(() => createPool(first, native))
    expect(isPoolError(error, 'ERR_POOL_UNSUPPORTED')).toBe(true)
    expect(error.cause).toBe(failure)
    await first.close()
    expect(thrownBy(() => createPool(first))).toBeInstanceOf(PoolClosedError)
  })

  it('has a name, which pools under the same limits take over', async () => {
    await using pool = createPool({}, undefined, { name: 'payments' })
    await using second = createPool(pool)
    await using third = createPool(pool, undefined, { name: 'refunds' })
    await using fourth = createPool()
    expect([pool, second, third, fourth].map(({ name }) => name)).toEqual(['payments', 'payments', 'refunds', undefined])
    expect(inspect(pool)).toContain("name: 'payments'")
    expect(JSON.parse(JSON.stringify(third))).toHaveProperty('name', 'refunds')
    expect(JSON.parse(JSON.stringify(fourth))).not.toHaveProperty('name')
  })

  it('tells its name in every error of its own', async () => {
    const name = { name: 'payments' }
    await using pool = createPool({}, undefined, name)
    const closed = createPool({}, undefined, name)
    await closed.close()
    const calls = [
      () => createPool({ maxConnections: 0 }, undefined, name),
      () => createPool({}, { keepAliveTimeout: 5 } as never, name),
      () => createPool(closed),
      () => pool.reconfigure({ maxConnections: 0 }),
      () => closed.reconfigure({}),
      () => (pool as unknown as { addRequest: unknown }).addRequest,
    ]
    for (const call of calls) expect(thrownBy(call)).toHaveProperty('pool', 'payments')
    await expect(pool.close(5 as never)).rejects.toHaveProperty('pool', 'payments')
    expect(thrownBy(() => createPool({ maxConnections: 0 }))).not.toHaveProperty('pool')
  })

  it.each([
    [{ timeut: 5 }, '"timeut" is unknown to the argument of close: did you mean timeout?'],
    [5000, 'the argument of close is 5000: pass an object such as { timeout }, or leave it out'],
    ['SIGTERM', 'the argument of close is "SIGTERM": pass an object such as { timeout }'],
    [null, 'the argument of close is null'],
    [{ timeout: -1 }, 'timeout of the argument of close: -1 is negative: use milliseconds or a string'],
    [{ timeout: '5' }, 'timeout of the argument of close: "5" has no unit'],
    [{ timeout: false }, 'timeout of the argument of close: false is not a duration'],
  ])('close(%j) is refused, and closes nothing', async (options, message) => {
    await using pool = createPool()
    await expect(pool.close(options as never)).rejects.toMatchObject({
      code: 'ERR_POOL_UNSUPPORTED',
      message: expect.stringContaining(message),
    })
    expect(pool.closed).toBe(false)
  })

  const aUrl = 'pass a URL such as "https://api.example.com"'
  const aCount = 'pass how many idle connections there are to be, a positive integer, or leave it out for 1'

  it.each([
    [[{}], `url, the first argument of preconnect, is an object: ${aUrl}`],
    [[undefined], `url, the first argument of preconnect, is undefined: ${aUrl}`],
    [[new Map()], `url, the first argument of preconnect, is an object with a prototype of its own: ${aUrl}`],
    [[Promise.resolve('http://a.test')], 'url, the first argument of preconnect, is a promise: await it'],
    [
      ['a.test'],
      'url, the first argument of preconnect, is "a.test": it is no URL: pass one with its scheme, such as "https://api.example.com"',
    ],
    [
      ['ftp://a.test'],
      `url, the first argument of preconnect, is "ftp://a.test": a pool connects by http and https alone: ${aUrl}`,
    ],
    [['http://a.test', {}], `count, the second argument of preconnect, is an object: ${aCount}`],
    [['http://a.test', null], `count, the second argument of preconnect, is null: ${aCount}`],
    [['http://a.test', '2'], `count, the second argument of preconnect, is "2": ${aCount}`],
    [['http://a.test', 0], `count, the second argument of preconnect, is 0: ${aCount}`],
    [['http://a.test', 1.5], `count, the second argument of preconnect, is 1.5: ${aCount}`],
  ])('preconnect(...%j) is refused', async (given, message) => {
    await using pool = createPool()
    await expect(pool.preconnect(...(given as [string, number]))).rejects.toMatchObject({ code: 'ERR_POOL_UNSUPPORTED', message })
  })

  it.each([undefined, {}, { timeout: undefined }, { timeout: 'unlimited' }, { timeout: 0 }, { timeout: '1.5s' }])(
    'close(%j) closes it, and what is closed is not reconfigured',
    async (options) => {
      const pool = createPool()
      await pool.close(options as CloseOptions | undefined)
      expect(pool.closed).toBe(true)
      const error = thrownBy(() => pool.reconfigure({ maxConnections: 2 }))
      expect(error).toBeInstanceOf(PoolClosedError)
      expect(error.message).toBe('reconfigure: the pool is closed, and no limit of it holds any more: create a new pool')
      expect(pool.config.maxConnections).toBe(100)
    },
  )

  it('destroy ends it for reconfigure, too, and not for the others of the same limits', async () => {
    await using first = createPool()
    const second = createPool(first)
    await second.destroy()
    expect(thrownBy(() => second.reconfigure({ maxConnections: 2 }))).toBeInstanceOf(PoolClosedError)
    first.reconfigure({ maxConnections: 2 })
    expect(second.config.maxConnections).toBe(2)
  })
})

it('a client that fails when its part is there already leaves no part', async () => {
  await using first = nodeHttp.createPool()
  let members: ReadonlySet<unknown> = new Set()
  const failure = new TypeError('deep inside the client')
  const open = (core: Core): never => {
    members = core.members
    core.join(() => {
      throw new Error('no lane was asked for')
    })
    throw failure
  }
  const error = thrownBy(() => openPool(nodeHttp.support, first, {}, open))
  expect(error).toMatchObject({ code: 'ERR_POOL_UNSUPPORTED', cause: failure })
  expect(error.message).toBe("the native options of node:http can't be used: deep inside the client")
  expect(members.size).toBe(1)
})

it('a dispatcher that is closed by its own method closes the pool', async () => {
  const pool = undici.createPool()
  await pool.options.dispatcher.close()
  expect(pool.closed).toBe(true)
  expect(() => pool.reconfigure({})).toThrow(PoolClosedError)
})

describe('a config', () => {
  const given = {
    maxConnections: 'unlimited',
    tcpKeepAlive: false,
    hosts: { 'a.test': { acquireTimeout: 'unlimited', keepAlive: true }, '*.b.test': { maxConnectionsPerHost: 4 } },
  } as const

  it('is in JSON what a file would say, and reads back', async () => {
    await using pool = axios.createPool(given)
    const json = JSON.parse(JSON.stringify(pool.config))
    expect(json).toMatchObject({ ...given, maxConnectionsPerHost: 'unlimited', maxOverflow: 0 })
    expect(JSON.stringify(pool)).not.toContain('null')
    expect(parsePoolConfig(json).config).toEqual(pool.config)
    expect(JSON.parse(JSON.stringify({ of: pool.config.hosts })).of).toEqual(given.hosts)
  })

  it('is nevertheless a plain object of plain values', () => {
    const { config } = parsePoolConfig(given)
    expect(Object.keys(config)).not.toContain('toJSON')
    expect(isDeepStrictEqual({ ...config }, config)).toBe(true)
    expect(isDeepStrictEqual(parsePoolConfig({ ...config }).config, config)).toBe(true)
    expect(Object.isFrozen(config) && Object.isFrozen(config.hosts)).toBe(true)
    expect(structuredClone({ ...config })).toEqual(config)
  })
})
