import axios, { type AxiosError } from 'axios'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import * as axiosAdapter from '../../adapters/axios.ts'
import { createPool } from '../../adapters/fetch.ts'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import { SocketCounter } from '../../cli/src/conformance/sockets.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { isPoolError } from '../../src/errors.ts'
import { sleep } from '../engines/node-agent/support.ts'

const probe = new RemoteProbe()
afterAll(() => probe.stop())

/** axios on the fetch of a pool, as docs/http2.md has it, and a server of HTTP/2 in a process of its own. */
async function open(config: PoolConfig, http2 = true) {
  const origin = await probe.listen({ scheme: 'https', http2 })
  const pool = createPool(config, { connect: { ca: probeCertificate } })
  const sockets = new SocketCounter(new Set([origin.port]))
  onTestFinished(async () => {
    sockets[Symbol.dispose]()
    await pool.destroy()
  })
  const api = axios.create({ adapter: 'fetch', env: { fetch: pool.fetch }, baseURL: `https://127.0.0.1:${origin.port}` })
  const seen = async () => (await probe.report()).connections.filter((one) => one.origin === origin.id)
  return { pool, api, sockets, seen, origin }
}

describe('axios by its fetch adapter', () => {
  it('has many requests on few connections, within every limit', async () => {
    const { pool, api, sockets, seen } = await open({ http2: true, maxConnectionsPerHost: 2, maxStreamsPerConnection: 5 })
    const held = Array.from({ length: 25 }, (_, at) => api.get(`/?hold=all&size=9&n=${at}`))
    await expect.poll(() => pool.stats()).toMatchObject({ open: 2, pending: 15, streams: { active: 10, capacity: 10 } })
    const answers = Promise.all(held)
    let done = false
    void answers.finally(() => (done = true))
    while (!done) {
      await probe.release('all')
      await sleep(5)
    }
    expect((await answers).map(({ status, data }) => [status, data.length])).toEqual(Array(25).fill([200, 9]))
    const connections = await seen()
    expect(sockets.peak).toBe(2)
    expect(connections.map(({ http2 }) => http2?.peak)).toEqual([5, 5])
    expect(new Set(connections.flatMap(({ requests }) => requests.map(({ httpVersion }) => httpVersion)))).toEqual(
      new Set(['2.0']),
    )
  })

  it('sends bodies, and knows a failing status', async () => {
    const { api, seen } = await open({ http2: 'only' })
    const { data } = await api.post('/?echo=1', { hello: 'world' })
    expect(data).toEqual({ hello: 'world' })
    const error = await api.get('/?status=503').catch((failure: AxiosError) => failure)
    expect(error).toMatchObject({ name: 'AxiosError', response: { status: 503 } })
    expect(await seen()).toHaveLength(1)
  })

  it('leaves by a signal without ending its neighbours', async () => {
    const { pool, api, seen } = await open({ http2: true, maxConnections: 1 })
    await api.get('/')
    const [left, kept] = [new AbortController(), api.get('/?hold=kept&size=3')]
    const leaving = api.get('/?hold=left', { signal: left.signal }).catch((error: AxiosError) => error.code)
    await expect.poll(() => pool.stats().streams.active).toBe(2)
    left.abort()
    expect(await leaving).toBe('ERR_CANCELED')
    await probe.release('kept')
    expect((await kept).status).toBe(200)
    expect(await seen()).toHaveLength(1)
  })

  it('hears the errors of the pool', async () => {
    const { pool, api } = await open({ http2: true, maxConnections: 1, maxStreamsPerConnection: 1, acquireTimeout: 200 })
    await api.get('/')
    const holding = api.get('/?hold=place')
    await expect.poll(() => pool.stats().streams.active).toBe(1)
    const error = await api.get('/').catch((failure: unknown) => failure)
    expect(isPoolError(error, 'ERR_POOL_ACQUIRE_TIMEOUT')).toBe(true)
    await probe.release('place')
    await holding
  })

  it('falls back to HTTP/1.1 where the server has nothing else, and is refused where it must not', async () => {
    const { api, seen } = await open({ http2: true }, false)
    expect((await api.get('/')).status).toBe(200)
    expect((await seen())[0]?.requests[0]?.httpVersion).toBe('1.1')
    const strict = await open({ http2: 'only' }, false)
    const error = await strict.api.get('/').catch((failure: unknown) => failure)
    expect(isPoolError(error, 'ERR_POOL_UNSUPPORTED')).toBe(true)
  })

  it('shares the limits of a pool for the agents of axios', async () => {
    const { pool, api, origin, sockets, seen } = await open({ http2: true, maxConnections: 2 })
    const agents = axiosAdapter.createPool(pool, { ca: probeCertificate }, { strict: false })
    onTestFinished(() => agents.destroy())
    const plain = axios.create({ ...agents.options, baseURL: `https://127.0.0.1:${origin.port}` })
    const rounds = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? api : plain).get('/?delay=5'))
    expect((await Promise.all(rounds)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(sockets.peak).toBeLessThanOrEqual(2)
    const versions = (await seen()).flatMap(({ requests }) => requests.map(({ httpVersion }) => httpVersion)).toSorted()
    expect(versions).toEqual([...Array(10).fill('1.1'), ...Array(10).fill('2.0')])
  })
})
