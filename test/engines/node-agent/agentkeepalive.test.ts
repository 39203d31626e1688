import http from 'node:http'
import https from 'node:https'
import Agentkeepalive, { type AgentStatus, HttpsAgent } from 'agentkeepalive'
import { describe, expect, it } from 'vitest'
import { errorOf, get, listen, open, send, sleep, until, variants } from './support.ts'

const keepalive = variants.filter(({ client }) => client === 'agentkeepalive')

type WithStatus = http.Agent & { getCurrentStatus(): AgentStatus; statusChanged: boolean }

describe.each(keepalive)('$name', (variant) => {
  const { scheme } = variant

  it('goes on counting', async () => {
    const { port } = await listen(scheme, (request, response) => {
      if (request.url === '/break') request.socket.destroy()
      else if (request.url === '/slow') setTimeout(() => response.end('ok'), 60)
      else response.end('ok')
    })
    const opened = open(variant, { maxConnections: 1 })
    const agent = opened.agent as WithStatus
    const status = () => agent.getCurrentStatus()
    expect(agent.statusChanged).toBe(false)
    await Promise.all(Array.from({ length: 5 }, () => get(opened, { port })))
    await get(opened, { port })
    expect(status()).toMatchObject({ createSocketCount: 1, requestCount: 6, closeSocketCount: 0, timeoutSocketCount: 0 })
    expect(agent.statusChanged).toBe(true)
    expect(Object.values(status().freeSockets)).toEqual([1])
    expect(status()).toMatchObject({ sockets: {}, requests: {} })

    const slow = send(opened, { port, path: '/slow', timeout: 20 })
    slow.request.on('timeout', () => {})
    await slow.answer
    expect(status()).toMatchObject({ timeoutSocketCount: 1, requestCount: 7, createSocketCount: 1 })

    await errorOf(get(opened, { port, path: '/break' }))
    await until(() => expect(status()).toMatchObject({ closeSocketCount: 1, sockets: {}, freeSockets: {} }))
    await errorOf(get(opened, { port: 1 }))
    await until(() => expect(status()).toMatchObject({ createSocketCount: 2, closeSocketCount: 2, errorSocketCount: 1 }))
    await opened.pool.close()
  })

  it.each(['close', 'destroy'] as const)('counts the close of an idle connection, and no error, on %s', async (end) => {
    const { port } = await listen(scheme, (_, response) => response.end('ok'))
    const opened = open(variant, { maxConnections: 1 })
    await get(opened, { port })
    await until(() => expect(opened.pool.stats()).toMatchObject({ idle: 1 }))
    await opened.pool[end]()
    expect((opened.agent as WithStatus).getCurrentStatus()).toMatchObject({ closeSocketCount: 1, errorSocketCount: 0 })
  })

  it('has no timers of its own: neither on idle sockets, nor on handed over ones, nor on active requests', async () => {
    const { port, accepted } = await listen(scheme, (request, response) => {
      if (request.url === '/slow') setTimeout(() => response.end('ok'), 150)
      else response.end('ok')
    })
    const opened = open(variant, { maxConnections: 1, keepAliveExpiry: 60 })
    const first = get(opened, { port })
    const handed = get(opened, { port, path: '/slow' })
    await Promise.all([first, handed])
    await get(opened, { port, path: '/slow' })
    expect(accepted()).toBe(1)
    expect(opened.agent).toMatchObject({ options: { timeout: 0, freeSocketTimeout: 0 } })
    await sleep(30)
    const idle = Object.values(opened.agent.freeSockets).flat()
    expect(idle).toHaveLength(1)
    expect(idle[0]?.timeout ?? 0).toBe(0)
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 0, expired: 1 }), 500)
    expect((opened.agent as WithStatus).getCurrentStatus()).toMatchObject({ timeoutSocketCount: 0, closeSocketCount: 1 })
  })

  it('keeps a lifetime also when it hands a connection over', async () => {
    const { port, accepted } = await listen(scheme, (_, response) => setTimeout(() => response.end('ok'), 20))
    const opened = open(variant, { maxConnections: 1, maxLifetime: 50 })
    await Promise.all(Array.from({ length: 6 }, () => get(opened, { port })))
    expect(accepted()).toBeGreaterThan(1)
  })

  it('is one of its classes', () => {
    const { agent } = open(variant)
    expect(agent).toBeInstanceOf(scheme === 'http' ? Agentkeepalive : HttpsAgent)
    expect(agent).toBeInstanceOf(http.Agent)
  })

  it('does not write into the options that it was given', async () => {
    const native = Object.freeze({ localAddress: '127.0.0.1' })
    open(variant, {}, native)
  })
})

describe('node:http', () => {
  it('gives instances of its classes', () => {
    const { pool } = open()
    expect(pool.options.http).toBeInstanceOf(http.Agent)
    expect(pool.options.https).toBeInstanceOf(https.Agent)
    expect(pool.options.https).toMatchObject({ protocol: 'https:', defaultPort: 443 })
  })
})
