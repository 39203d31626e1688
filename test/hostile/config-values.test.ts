import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDuration } from '../../src/config/durations.ts'
import { fieldNames } from '../../src/config/fields.ts'
import { compileHosts } from '../../src/config/hosts.ts'
import { parsePoolConfig, patchPoolConfig } from '../../src/config/parse.ts'
import { isPoolError, PoolConfigError } from '../../src/errors.ts'
import { readPools } from '../../src/files/load.ts'
import { loadPools } from '../../src/index.ts'
import { draws } from '../draws.ts'
import { effort } from '../time.ts'
import { adapterModules } from './adapters.ts'
import { outcomeOf, patience, poisons, watchPrototypes } from './support.ts'
import { anyValue, lightTraps, traps } from './values.ts'

let assertClean: () => void

beforeEach(() => {
  assertClean = watchPrototypes()
})

afterEach(() => assertClean())

const names = [...fieldNames, ...poisons, 'a.test', '*.test', 'ca', 'agent', 'extends']

async function inGoodTime<T>(call: () => T | Promise<T>): Promise<T | Error> {
  const spent = effort()
  const outcome = await outcomeOf(call)
  expect(spent()).toBeLessThan(patience)
  return outcome
}

describe('a config', () => {
  it.each(traps)('may be %s, and so may what is in it', async (_, make) => {
    const places = [
      make(),
      { maxConnections: make() },
      { acquireTimeout: make() },
      { scheduling: make() },
      { hosts: make() },
      { hosts: { 'a.test': make() } },
      { hosts: { 'a.test': { keepAlive: make() } } },
      { unknown: make() },
    ]
    for (const config of places) {
      const outcome = await inGoodTime(() => parsePoolConfig(config))
      if (!(outcome instanceof Error)) expect(parsePoolConfig(outcome.config).config).toEqual(outcome.config)
      else expect(outcome.message.length).toBeLessThan(60_000)
      await inGoodTime(() => patchPoolConfig(parsePoolConfig({}), config))
      await inGoodTime(() => parseDuration(config))
    }
  })

  it('may be anything', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue(names), async (make) => {
        const outcome = await inGoodTime(() => parsePoolConfig(make()))
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(PoolConfigError)
          return
        }
        expect(Object.isFrozen(outcome.config)).toBe(true)
        compileHosts(outcome.config)('https://a.test:443')
      }),
      { numRuns: draws(1500) },
    )
  })

  it('may ask for the limits of any origin', () => {
    const { config } = parsePoolConfig({ hosts: { 'a.test': { keepAlive: false }, '*.test': { maxConnectionsPerHost: 2 } } })
    const limitsOf = compileHosts(config)
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...poisons, `http://${'a.'.repeat(100_000)}:80`)),
        (origin) => {
          expect(limitsOf(origin).maxConnectionsPerHost).toBeGreaterThan(0)
        },
      ),
    )
  })
})

describe('pools that code gives', () => {
  it.each(traps)('may be %s, and so may what is in them', async (_, make) => {
    for (const pools of [make(), { default: make() }, { default: { extends: make() } }, { default: { hosts: make() } }]) {
      await inGoodTime(() => readPools({ cwd: '/', pools: pools as never, env: false }))
    }
  })

  it('may be anything', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue([...names, 'default', 'b']), async (make) => {
        await inGoodTime(() => readPools({ cwd: '/', pools: make() as never, env: false }))
      }),
      { numRuns: draws(400) },
    )
  })

  it.each(poisons)('a pool that is asked for as %s is none', async (name) => {
    const pools = await loadPools({ cwd: '/', pools: { default: {} }, env: false })
    const { module } = adapterModules[0] as (typeof adapterModules)[number]
    expect(await outcomeOf(() => pools.open(module as never, name as never))).toBeInstanceOf(Error)
    await pools.close()
  })
})

describe.each(adapterModules)('$name', ({ name, module }) => {
  it.each(/^(?:node-http|undici)$/.test(name) ? traps : lightTraps)(
    'createPool, translate, reconfigure and readSettings take %s',
    async (_, make) => {
      for (const use of [
        () => module.createPool(make() as never).destroy(),
        () => module.translate(make() as never),
        () => module.readSettings(make() as never),
      ]) {
        await inGoodTime<unknown>(use)
      }
      const pool = module.createPool({ maxConnections: 3 })
      const { config } = pool
      const outcome = await inGoodTime(() => pool.reconfigure(make() as never))
      if (outcome instanceof Error) expect(pool.config).toBe(config)
      await pool.destroy()
    },
  )

  it('readSettings takes anything, also in the places of agents', async () => {
    const options = [
      'agent',
      'http',
      'https',
      'httpAgent',
      'httpsAgent',
      'dispatcher',
      'options',
      'defaults',
      'connect',
      'maxSockets',
      'timeout',
      'keepAlive',
      'connections',
      'pipelining',
      'clientTtl',
      'scheduling',
      'freeSockets',
      'getCurrentStatus',
      'dispatch',
    ]
    await fc.assert(
      fc.asyncProperty(anyValue([...options, ...poisons]), async (make) => {
        const outcome = await inGoodTime(() => module.readSettings(make() as never))
        if (!(outcome instanceof Error)) JSON.stringify(outcome)
      }),
      { numRuns: draws(400) },
    )
  })

  it('native options that are none are refused', async () => {
    for (const native of [null, 5, 'x', true, [], () => {}]) {
      expect(await outcomeOf(() => module.createPool({}, native as never))).toMatchObject({ code: 'ERR_POOL_UNSUPPORTED' })
    }
  })
})

describe('isPoolError', () => {
  it.each(traps)('takes %s for no pool error', (_, make) => {
    expect(isPoolError(make())).toBe(false)
    expect(isPoolError({ cause: make() })).toBe(false)
    expect(isPoolError({ code: make(), cause: { cause: make() } }, 'ERR_POOL_FULL')).toBe(false)
  })

  it('ends where causes do not', () => {
    class Endless {
      get cause(): Endless {
        return new Endless()
      }
    }
    expect(isPoolError(new Endless())).toBe(false)
    for (const code of poisons) expect(isPoolError({ code })).toBe(false)
  })
})
