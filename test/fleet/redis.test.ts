import { execFile } from 'node:child_process'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { createClient } from 'redis'
import { createClient as createClient4 } from 'redis4'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Ledger } from '../../src/fleet/ledger.ts'
import { redisStore } from '../../src/fleet/redis-store.ts'
import { answerOf, fleetKey, script, scriptArguments } from '../../src/fleet/script.ts'
import type { FleetRound, FleetStore } from '../../src/fleet/types.ts'
import { fences, read } from '../docs/pages.ts'
import { draws } from '../draws.ts'
import { findProgram, type Started } from '../programs.ts'
import { hangs } from '../time.ts'
import { freePort, startRedis } from './fleet.ts'

const server = findProgram('redis-server')

interface Opened {
  readonly store: FleetStore
  close(): unknown
}

const clients: { readonly [name: string]: (port: number) => Promise<Opened> } = {
  redis: async (port) => {
    const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect()
    return { store: redisStore(client), close: () => client.destroy() }
  },
  redis4: async (port) => {
    const client = createClient4({ url: `redis://127.0.0.1:${port}` })
    await client.connect()
    return { store: redisStore(client), close: () => client.disconnect() }
  },
  'redis with RESP3': async (port) => {
    const client = await createClient({ url: `redis://127.0.0.1:${port}`, RESP: 3 }).connect()
    return { store: redisStore(client), close: () => client.destroy() }
  },
  ioredis: async (port) => {
    const client = new Redis(port, '127.0.0.1')
    return { store: redisStore(client), close: () => client.disconnect() }
  },
  ioredis5: async (port) => {
    const client = new Redis5(port, '127.0.0.1')
    return { store: redisStore(client), close: () => client.disconnect() }
  },
}

const base: FleetRound = {
  ...{ member: 'a', round: 1, ttl: 10_000, maxConnections: 20, floor: 1, maxMembers: 4 },
  ...{ floored: false, have: 0, want: 0, leaves: false },
}

describe.skipIf(server === undefined)('a real server of Redis', () => {
  let port: number
  let started: Started
  let redis: Redis

  beforeAll(async () => {
    port = await freePort()
    started = await startRedis(server ?? '', port)
    redis = new Redis(port, '127.0.0.1')
  })

  afterAll(async () => {
    redis?.disconnect()
    await started?.stop()
  })

  describe.each(Object.entries(clients))('asked through %s', (name, open) => {
    it('answers, also when it has forgotten the script, and keeps one key a fleet, which expires', async () => {
      await redis.script('FLUSH')
      const { store, close } = await open(port)
      const fleet = `f-${name.replaceAll(' ', '-')}`
      const answer = { grant: 0, free: 16, members: 1, floored: true, learning: true }
      expect(await store.exchange(fleet, base)).toEqual(answer)
      expect(await store.exchange(fleet, base)).toBeNull()
      await redis.script('FLUSH')
      expect(await store.exchange(fleet, { ...base, round: 2, floored: true })).toEqual(answer)
      expect(await store.exchange(fleet, { ...base, round: 3, leaves: true })).toMatchObject({ members: 0 })
      expect(await redis.keys(`*${fleet}*`)).toEqual([`polypool:{${fleet}}`])
      expect(await redis.pttl(`polypool:{${fleet}}`)).toBeGreaterThan(0)
      close()
    })
  })

  it('rejects where the key is something else', async () => {
    await redis.set(fleetKey('taken'), 'x')
    await expect(redisStore(redis).exchange('taken', base)).rejects.toThrow('WRONGTYPE')
  })

  it('serves what the docs begin with, which joins, has its floor, leaves and ends', async () => {
    const [code = ''] = fences(read('docs/fleet.md'), 'js no-run: it needs a Redis')
    const upstream = http.createServer((_, response) => response.end('ok'))
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port: asked } = upstream.address() as AddressInfo
    const used = `
      import { request } from 'undici'
      const { body, statusCode } = await request('http://127.0.0.1:${asked}', pool.options)
      await body.dump()
      while (share.stats().members === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      console.log(JSON.stringify([statusCode, share.stats()]))`
    const whole = code.replace('redis://redis:6379', `redis://127.0.0.1:${port}`).replace(/^(?=\/\/ When)/m, `${used}\n`)
    expect(whole).toContain(used)
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', whole], { timeout: hangs })
    upstream.close()
    expect(JSON.parse(stdout)).toMatchObject([200, { name: 'payments', floor: 2, members: 1, learning: true, lost: 0 }])
    // It has left.
    expect(await redis.hkeys(fleetKey('payments'))).toEqual(['state'])
  })

  it('decides as the ledger does, whatever the clock says and whichever server has the key', async () => {
    // The same script with a clock and a run that the test chooses.
    const tested = script
      .replace("redis.call('TIME')", '{ ARGV[3], ARGV[4] }')
      .replace("pcall(redis.call, 'INFO', 'server')", "true, 'run_id:' .. ARGV[5]")
    expect(tested).not.toContain('TIME')
    const rounds = fc.array(
      fc.record({
        who: fc.nat(5),
        // Now and then an old one again.
        later: fc.integer({ min: -1, max: 3 }),
        passes: fc.oneof(fc.nat(400), fc.integer({ min: -5000, max: 20_000 })),
        run: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(2) }),
        maxConnections: fc.integer({ min: 5, max: 40 }),
        ttl: fc.constantFrom(2000, 3000, 10_000),
        floor: fc.nat(2),
        maxMembers: fc.integer({ min: 1, max: 4 }),
        floored: fc.boolean(),
        have: fc.nat(20),
        want: fc.nat(40),
        leaves: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      }),
      { minLength: 5, maxLength: 60, size: 'max' },
    )
    let fleets = 0
    await fc.assert(
      fc.asyncProperty(rounds, async (list) => {
        const [ledger, key] = [new Ledger(), fleetKey(`d${fleets++}`)]
        let [now, number] = [1e12, 1]
        for (const { who, later, passes, run, ...figures } of list) {
          now += passes
          number = Math.max(1, number + later)
          const round = { ...figures, member: `m${who}`, round: number }
          const [seconds, micros] = [`${Math.floor(now / 1000)}`, `${(now % 1000) * 1000}`]
          const reply = await redis.eval(tested, 1, key, ...scriptArguments(round), seconds, micros, `r${run}`)
          expect(answerOf(reply)).toEqual(ledger.exchange(round, now, `r${run}`))
        }
      }),
      { numRuns: draws(100) },
    )
  })
})

it('what is no client is refused', () => {
  expect(() => redisStore({} as never)).toThrow('pass what createClient() or new Redis() gives')
})
