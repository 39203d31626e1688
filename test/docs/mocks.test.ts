// The table of docs/guides/tests.md: which mocks answer which clients, and whether the pool's limits hold there.
import { setTimeout as sleep } from 'node:timers/promises'
import axios from 'axios'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import nock from 'nock'
import { MockAgent, request } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import * as axiosPool from '../../adapters/axios.ts'
import * as fetchPool from '../../adapters/fetch.ts'
import * as undiciPool from '../../adapters/undici.ts'

const url = 'http://api.example.com/orders'

let running = 0
let most = 0
/** Answers after a while, and counts how many are asked for at one time. */
async function answer(): Promise<string> {
  most = Math.max(most, ++running)
  await sleep(20)
  running--
  return '1'
}

/** By each kind of client three requests at once, through a pool of one connection. */
const callers = {
  axios: () => {
    const pool = axiosPool.createPool({ maxConnections: 1 })
    const api = axios.create(pool.options)
    return { pool, get: () => api.get(url).then(({ data }) => data) }
  },
  'pool.fetch': () => {
    const pool = fetchPool.createPool({ maxConnections: 1 })
    return { pool, get: () => pool.fetch(url).then((response) => response.json()) }
  },
  undici: () => {
    const pool = undiciPool.createPool({ maxConnections: 1 })
    return { pool, get: () => request(url, { ...pool.options }).then(({ body }) => body.json()) }
  },
}

async function seen(client: keyof typeof callers): Promise<object> {
  const { pool, get } = callers[client]()
  most = 0
  const answers = await Promise.all([get(), get(), get()])
  const { created, reused } = pool.stats()
  await pool.destroy()
  return { answers, most, created, reused }
}

const answers = [1, 1, 1]
const each = Object.keys(callers) as (keyof typeof callers)[]

describe('nock', () => {
  afterEach(() => {
    nock.cleanAll()
    nock.restore()
  })

  it.each(each)('answers %s, a connection for each request', async (client) => {
    if (!nock.isActive()) nock.activate()
    nock(new URL(url).origin).get('/orders').times(3).reply(200, answer)
    expect(await seen(client)).toEqual({ answers, most: 1, created: 3, reused: 0 })
  })
})

describe('msw', () => {
  const server = setupServer(http.get(url, async () => HttpResponse.text(await answer())))
  afterEach(() => server.close())

  // Of fetch and undici, see msw.test.ts.
  it('answers axios, by one connection', async () => {
    server.listen()
    expect(await seen('axios')).toEqual({ answers, most: 1, created: 1, reused: 2 })
  })
})

describe('MockAgent', () => {
  it('answers before a request has reached the pool that it is given', async () => {
    const pool = undiciPool.createPool({ maxConnections: 1 })
    const dispatcher = new MockAgent({ agent: pool.options.dispatcher })
    dispatcher.get(new URL(url).origin).intercept({ path: '/orders' }).reply(200, '1')
    const { body } = await request(url, { dispatcher })
    expect([await body.json(), pool.stats().created]).toEqual([1, 0])
    await pool.destroy()
  })
})
