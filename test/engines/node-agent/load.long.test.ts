import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { describe, expect, it } from 'vitest'
import type { PoolConfig } from '../../../src/config/types.ts'
import { hasProc } from '../../platform.ts'
import { countSockets, expectEmpty, listen, open, type Scheme, sleep, until, variants } from './support.ts'

/** A small generator of chance that can be repeated. */
function randomBy(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
}

/** Does what the path says, well or badly. */
const behave: http.RequestListener = (request, response) => {
  const [, how, delay] = (request.url ?? '').split('/')
  request.on('error', () => {})
  if (how !== 'early') request.resume()
  setTimeout(() => {
    if (how === 'reset') request.socket.destroy()
    else if (how === 'half') {
      response.write('half')
      setTimeout(() => request.socket.destroy(), 3)
    } else if (how === 'close') {
      response.setHeader('Connection', 'close')
      response.end('bye')
    } else if (how === 'empty') {
      response.statusCode = 204
      response.end()
    } else {
      response.end('x'.repeat(how === 'big' ? 200_000 : 10))
      if (how === 'early') request.resume()
    }
  }, Number(delay))
}

const configs: [string, PoolConfig, { total: number; perHost: number }][] = [
  ['waiting', { maxConnections: 5, maxConnectionsPerHost: 2 }, { total: 5, perHost: 2 }],
  ['overflow', { maxConnections: 3, maxConnectionsPerHost: 2, maxOverflow: 2, maxIdleConnections: 2 }, { total: 5, perHost: 4 }],
  [
    'short lives',
    { maxConnections: 4, maxLifetime: 40, maxRequestsPerConnection: 7, keepAliveExpiry: 10, acquireTimeout: 150, maxHosts: 2 },
    { total: 4, perHost: 4 },
  ],
  ['no waiting', { maxConnections: 6, block: false, maxOverflow: 1, scheduling: 'fifo' }, { total: 7, perHost: 7 }],
  ['no keep-alive', { maxConnections: 4, maxConnectionsPerHost: 3, keepAlive: false }, { total: 4, perHost: 3 }],
]

const clients = variants.filter(({ scheme }) => scheme === 'http')

describe.each(clients)('$client under load', (variant) => {
  it.each(configs)('%s: caps hold and nothing leaks', async (_, config, caps) => {
    const random = randomBy(config.maxConnections as number)
    const origins = await Promise.all((['http', 'https', 'http', 'https'] as const).map((scheme) => listen(scheme, behave)))
    const ports = origins.map(({ port }) => port)
    const counter = countSockets(...ports)
    const opened = open(variant, config)
    const { pool } = opened
    const unexpected: unknown[] = []
    let finished = 0

    const one = (index: number) =>
      new Promise<void>((resolve) => {
        const at = random(ports.length)
        const scheme: Scheme = at % 2 === 0 ? 'http' : 'https'
        const how = (['ok', 'ok', 'ok', 'big', 'empty', 'early', 'close', 'reset', 'half'] as const)[random(9)] ?? 'ok'
        const method = how === 'early' || random(3) === 0 ? 'POST' : 'GET'
        const controller = new AbortController()
        const timeout = random(6) === 0 ? 1 + random(30) : undefined
        const request = (scheme === 'http' ? http : https).request({
          host: '127.0.0.1',
          port: ports[at],
          agent: pool.options[scheme],
          method,
          path: `/${how}/${random(8)}`,
          ...(timeout !== undefined && { timeout }),
          ...(random(4) === 0 && { signal: controller.signal }),
        })
        let mine = false
        request.on('timeout', () => {
          mine = true
          request.destroy()
        })
        request.on('response', (response) => {
          response.on('error', () => {})
          if (random(20) === 0) response.destroy()
          else response.resume()
        })
        request.on('error', (error: NodeJS.ErrnoException) => {
          const expected = mine || how === 'reset' || how === 'half' || /^ERR_POOL_(ACQUIRE|FULL)/.test(error.code ?? '')
          // With so short a life a server's close can cross a request; then it is a reset.
          if (!expected && error.code !== 'ECONNRESET' && error.code !== 'EPIPE') unexpected.push(error)
        })
        request.on('close', () => {
          finished++
          resolve()
        })
        if (random(5) === 0) {
          mine = true
          const leave = () => (random(2) === 0 ? request.destroy() : controller.abort())
          const when = random(20)
          if (when === 0) leave()
          else if (when === 1) process.nextTick(leave)
          else setTimeout(leave, when)
        }
        request.end(method === 'POST' ? 'y'.repeat(random(3) === 0 ? 300_000 : 100) : undefined)
        if (index === 200) pool.reconfigure({ scheduling: config.scheduling === 'fifo' ? 'lifo' : 'fifo' })
      })

    const total = 300
    const running: Promise<void>[] = []
    for (let index = 0; index < total; index++) {
      running.push(one(index))
      if (random(4) === 0) await sleep(random(6))
    }
    await Promise.all(running)

    expect(unexpected).toEqual([])
    expect(finished).toBe(total)
    expect(counter.peak).toBeLessThanOrEqual(caps.total)
    for (const port of ports) expect(counter.totals(port).peak).toBeLessThanOrEqual(caps.perHost)
    expect(pool.stats()).toMatchObject({ active: expect.any(Number), pending: 0 })
    await until(() => expect(pool.stats().active).toBe(0))
    if (hasProc) await until(() => expect(establishedTo(ports)).toBe(pool.stats().open))
    expect(counter.open).toBe(pool.stats().open)
    const parked = [pool.options.http, pool.options.https].flatMap((agent) => Object.values(agent.freeSockets).flat())
    expect(parked).toHaveLength(pool.stats().idle)

    await pool.close()
    await expectEmpty(opened)
    expect(counter.open).toBe(0)
    if (hasProc) await until(() => expect(establishedTo(ports)).toBe(0))
  })
})

/** Established connections to these ports, as the kernel sees them: on Linux. */
function establishedTo(ports: readonly number[]): number {
  const wanted = new Set(ports.map((port) => port.toString(16).toUpperCase().padStart(4, '0')))
  const rows = readFileSync('/proc/self/net/tcp', 'utf8').split('\n').slice(1)
  return rows.filter((row) => {
    const [, , remote, state] = row.trim().split(/\s+/)
    return state === '01' && wanted.has(remote?.split(':')[1] ?? '')
  }).length
}
