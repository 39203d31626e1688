import axios from 'axios'
import got from 'got'
import { describe, expect, test } from 'vitest'
import { startedWhole } from '../../cli/src/conformance/clients/shared.ts'
import type { ClientHandle, ClientRequest } from '../../cli/src/conformance/clients/types.ts'
import { retryStale as axiosRetry } from '../../examples/axios-retry.mjs'
import { retryStale as gotRetry } from '../../examples/got-retry.mjs'
import { mustHaveMet, type RaceOptions, race, unclear } from './racing.ts'
import { codeOf } from './traffic.ts'

const requests = 4000

type Open = NonNullable<RaceOptions['open']>

const axiosWithRetry: Open = ({ options }) => {
  const api = axios.create({ ...(options as object), proxy: false })
  axiosRetry(api)
  return handle(async ({ url, method = 'GET', body }) => {
    const answer = await api.request<string>({ url, method, ...(body === undefined ? {} : { data: body }) })
    return [answer.status, String(answer.data)]
  })
}

const gotWith =
  (retry?: object): Open =>
  ({ options }) => {
    const api = got.extend({ ...(options as object), ...(retry === undefined ? {} : { retry }) })
    return handle(async ({ url, method = 'GET', body }) => {
      const answer = await api(url, { method: method as 'GET', ...(typeof body === 'string' ? { body } : {}) })
      return [answer.statusCode, answer.body]
    })
  }

function handle(send: (request: ClientRequest) => Promise<[status: number, body: string]>): ClientHandle {
  return {
    async start(_pool, request) {
      const [status, body] = await send(request)
      return startedWhole(status, {}, body)
    },
  }
}

const ways = [
  { name: 'axios with the interceptor of the docs', driver: 'axios', open: axiosWithRetry },
  { name: 'got by itself', driver: 'got', open: gotWith() },
  { name: 'got with the setting of the docs', driver: 'got', open: gotWith(gotRetry) },
] as const

describe.each(ways)('$name', ({ driver, open }) => {
  test(`none of ${requests} GETs fails`, async () => {
    const found = await race({ driver }, { requests, open })
    const { failures, writes } = found
    expect(failures.map(codeOf)).toEqual([])
    if (mustHaveMet(found)) expect(writes.repeated.length, 'requests that met a closed connection').toBeGreaterThan(0)
    expect(Math.max(...writes.byPath.values()), 'times that one was written').toBeLessThanOrEqual(2)
  })

  test('a POST is written once', async () => {
    const { failures, writes, server } = await race({ driver }, { requests: 1000, method: 'POST', open })
    expect(unclear(failures)).toEqual([])
    expect([writes.repeated, server.repeated]).toEqual([[], []])
  })
})
