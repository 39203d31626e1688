import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { Lanes, type OriginLane } from '../../../src/engines/undici-dispatcher/lane.ts'
import { getterOf, open, serve, until, versions } from './harness.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heap(): number {
  collect()
  return process.memoryUsage().heapUsed
}

const lane = (inUse: boolean) => ({ inUse }) as OriginLane

describe('names of lanes', () => {
  test('those that are not in use are forgotten, under whatever names they were found', () => {
    for (const aliases of [0, 1, 2, 3]) {
      const lanes = new Lanes()
      const used = lane(true)
      lanes.add('used', used)
      for (let i = 0; i < 1000; i++) {
        const one = lane(false)
        for (let alias = 0; alias <= aliases; alias++) lanes.add(`${i}`, one, alias === 0 ? undefined : `${i} ${alias}`)
        expect(lanes.size).toBeLessThanOrEqual(65)
        expect(lanes.get(`${i}`)).toBe(one)
      }
      expect(lanes.get('used')).toBe(used)
    }
  })

  test('one that is in use is not remembered by every name that was ever used for it', () => {
    const lanes = new Lanes()
    const used = lane(true)
    lanes.add('used', used)
    for (let i = 0; i < 1000; i++) {
      lanes.add('used', used, `${i}`)
      expect(lanes.size).toBeLessThanOrEqual(65)
      expect(lanes.get(`${i}`)).toBe(used)
    }
    expect(lanes.get('used')).toBe(used)
  })

  test('many that are in use are all remembered, and looked through as seldom as they double', () => {
    const lanes = new Lanes()
    let looks = 0
    const looked = {
      get inUse() {
        looks++
        return true
      },
    } as OriginLane
    for (let i = 0; i < 4096; i++) lanes.add(`${i}`, looked)
    expect(lanes.size).toBe(4096)
    expect(looks).toBeLessThan(2 * 4096)
  })
})

describe.each(versions)('$name', (version) => {
  const get = getterOf(version)

  test('origins in another spelling than the canonical one leave nothing behind', async () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const pool = open(version, {}, { connect: (_options: object, done: (error: Error) => void) => done(refused) })
    const ask = (i: number) => get(pool, `http://Tenant-${i}.example`).catch(({ code }: { code: string }) => code)
    for (let i = 0; i < 1000; i++) expect(await ask(i)).toBe('ECONNREFUSED')
    const before = heap()
    for (let i = 1000; i < 6000; i++) await ask(i)
    // Their lanes would take 6.5 MB.
    expect(heap() - before).toBeLessThan(3e6)
    expect(pool.stats().hosts).toEqual({})
  })

  test('an origin is one, however it is spelt', async () => {
    const { port, sockets } = await serve((_request, response) => void response.end('ok'))
    const pool = open(version)
    for (const host of ['localhost', 'LOCALHOST', 'Localhost']) {
      expect(await get(pool, `http://${host}:${port}`)).toBe('ok')
      await until(() => pool.stats().idle === 1)
    }
    expect(sockets.length).toBe(1)
    expect(Object.keys(pool.stats().hosts)).toEqual([`http://localhost:${port}`])
  })
})
