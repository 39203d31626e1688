import http, { type ClientRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import * as nodeHttp from '../adapters/node-http.ts'
import * as undiciAdapter from '../adapters/undici.ts'

type AddRequest = { addRequest(request: ClientRequest, options: object): void }

async function heapUsed(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  for (let pass = 0; pass < 4; pass++) {
    globalThis.gc()
    await sleep(20)
  }
  return process.memoryUsage().heapUsed
}

// One connection whose look-up never ends keeps all the others waiting.
const config = { maxConnections: 1, connectTimeout: 'unlimited', acquireTimeout: 'unlimited' } as const
const host = 'blocked.invalid'
const lookup = () => {}

/** Bytes that the pool adds to a ClientRequest while it waits: the requests are made first and then given to the agent. */
export async function nodeHttpBytes(waiting: number): Promise<number> {
  const made: [ClientRequest, object][] = []
  const collector = Object.assign(new http.Agent({ keepAlive: true }), {
    addRequest: (request: ClientRequest, options: object) => made.push([request, options]),
  })
  for (let index = 0; index < waiting; index++) http.get({ host, agent: collector }).on('error', () => {})
  const pool = nodeHttp.createPool(config, { lookup })
  const agent = pool.options.http as unknown as AddRequest
  const before = await heapUsed()
  for (const [request, options] of made) agent.addRequest(request, options)
  const bytes = ((await heapUsed()) - before) / waiting
  expectWaiting(pool, waiting)
  await pool.destroy()
  return bytes
}

/** Bytes of one waiting dispatch, with the smallest handler there can be. */
export async function undiciBytes(waiting: number): Promise<number> {
  const pool = undiciAdapter.createPool(config, { connect: { lookup } })
  const { dispatcher } = pool.options
  const options = { origin: `http://${host}`, path: '/', method: 'GET' } as const
  const handlers = Array.from({ length: waiting }, () => ({
    onRequestStart() {},
    onResponseStart() {},
    onResponseData() {},
    onResponseEnd() {},
    onResponseError() {},
  }))
  const before = await heapUsed()
  for (const handler of handlers) dispatcher.dispatch(options, handler)
  const bytes = ((await heapUsed()) - before) / waiting
  expectWaiting(pool, waiting)
  // Else they would be gone by then, and what the pool has of them would be less.
  handlers.length = 0
  await pool.destroy()
  return bytes
}

/** All but the one that connects. Of requests that failed at once there would be nothing to measure. */
function expectWaiting(pool: { stats(): { readonly pending: number } }, waiting: number): void {
  const { pending } = pool.stats()
  if (pending !== waiting - 1) throw new Error(`of ${waiting} requests ${pending} wait`)
}
