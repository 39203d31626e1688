import { once } from 'node:events'
import http from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Agentkeepalive from 'agentkeepalive'
import axios from 'axios'
import got from 'got'
import { got as got14 } from 'got14'
import got15 from 'got15'
import nodeFetch from 'node-fetch'
import * as undici from 'undici'
import * as undici7 from 'undici7'
import { expect, test } from 'vitest'

/** Sends a GET, and settles when its caller knows how it went. */
type Get = (url: string, how?: 'given up') => Promise<unknown>

const nodeFetch2 = createRequire(import.meta.url)('node-fetch2') as typeof nodeFetch

const limit = 50
const signal = () => AbortSignal.timeout(limit)

const overAgent = (agent: http.Agent): { [name: string]: Get } => {
  const send = (url: string, options: http.RequestOptions, then?: (request: http.ClientRequest) => void) =>
    new Promise((resolve, reject) => {
      const request = http.get(url, { agent, ...options }, (response) => response.resume().on('end', resolve))
      request.on('error', reject).on('timeout', () => reject(new Error('timeout')))
      then?.(request)
    })
  return {
    signal: (url, how) => send(url, how ? { signal: signal() } : {}),
    destroy: (url, how) => send(url, {}, (request) => how && setTimeout(() => request.destroy(), limit)),
    timeout: (url, how) => send(url, how ? { timeout: limit } : {}),
  }
}

const agent = () => new http.Agent({ keepAlive: true, maxSockets: 1 })

const named = (prefix: string, gets: { [name: string]: Get }) =>
  Object.fromEntries(Object.entries(gets).map(([name, get]) => [`${prefix} ${name}`, get]))

function ofAxios(): { [name: string]: Get } {
  const api = axios.create({ httpAgent: agent() })
  return {
    'axios signal': (url, how) => api.get(url, how ? { signal: signal() } : {}),
    'axios timeout': (url, how) => api.get(url, how ? { timeout: limit } : {}),
    'axios timeout, maxRedirects: 0': (url, how) => api.get(url, { maxRedirects: 0, ...(how ? { timeout: limit } : {}) }),
  }
}

function ofGot(name: string, module: typeof got): { [name: string]: Get } {
  const api = module.extend({ agent: { http: agent() }, retry: { limit: 0 } })
  return {
    [`${name} signal`]: (url, how) => api(url, how ? { signal: signal() } : {}),
    [`${name} timeout.request`]: (url, how) => api(url, how ? { timeout: { request: limit } } : {}),
  }
}

function ofNodeFetch(): { [name: string]: Get } {
  const own = agent()
  return {
    'node-fetch 3 signal': async (url, how) =>
      (await nodeFetch(url, { agent: own, ...(how ? { signal: signal() } : {}) })).text(),
    'node-fetch 2 signal': async (url, how) =>
      (await nodeFetch2(url, { agent: own, ...(how ? { signal: signal() as never } : {}) })).text(),
    'node-fetch 2 timeout': async (url, how) =>
      (await nodeFetch2(url, { agent: own, ...(how ? { timeout: limit } : {}) })).text(),
  }
}

function ofUndici(name: string, module: Pick<typeof undici, 'Agent' | 'request' | 'fetch'>): { [name: string]: Get } {
  const dispatcher = new module.Agent({ connections: 1 })
  return {
    [`${name} request signal`]: async (url, how) =>
      (await module.request(url, { dispatcher, ...(how ? { signal: signal() } : {}) })).body.text(),
    [`${name} fetch signal`]: async (url, how) =>
      (await module.fetch(url, { dispatcher, ...(how ? { signal: signal() } : {}) })).text(),
  }
}

const callers: { readonly [name: string]: Get } = {
  ...named('node:http', overAgent(agent())),
  ...named('agentkeepalive', overAgent(new Agentkeepalive({ maxSockets: 1 }))),
  ...ofAxios(),
  ...ofGot('got 14', got14 as unknown as typeof got),
  ...ofGot('got 15', got15 as unknown as typeof got),
  ...ofGot('got 16', got),
  ...ofNodeFetch(),
  ...ofUndici('undici 8', undici),
  ...ofUndici('undici 7', undici7 as unknown as typeof undici),
}

/** What README.md and the pages of the clients say: every other caller hears nothing before the connection is there. */
const heard = new Set([
  'axios signal',
  'axios timeout, maxRedirects: 0',
  'got 14 signal',
  'got 15 signal',
  'got 16 signal',
  'node-fetch 3 signal',
  'node-fetch 2 signal',
  'undici 8 fetch signal',
  'undici 7 fetch signal',
])

test.each(Object.entries(callers))('%s, while it waits for a connection of its own pool', async (name, get) => {
  const held: http.ServerResponse[] = []
  const server = http.createServer((_, response) => {
    if (held.push(response) > 1) response.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const first = get(url)
  while (held.length === 0) await sleep(5)
  const waits = get(url, 'given up').then(
    () => 'answered',
    () => 'heard',
  )
  const outcome = await (heard.has(name) ? waits : Promise.race([waits, sleep(limit * 6, 'nothing')]))
  expect(outcome).toBe(heard.has(name) ? 'heard' : 'nothing')
  expect(held).toHaveLength(1)
  held[0]?.end()
  await Promise.all([first, waits])
  server.closeAllConnections()
  server.close()
})
