import { setFlagsFromString } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { isPoolError } from '../../../src/errors.ts'
import { get, listen, open, variants } from './support.ts'

/** The limits that node's agents and their callers write on an agent while it works, and the pool's fields for them. */
const fields = {
  maxSockets: 'maxConnectionsPerHost',
  maxTotalSockets: 'maxConnections',
  maxFreeSockets: 'maxIdleConnectionsPerHost',
  keepAlive: 'keepAlive',
  keepAliveMsecs: 'tcpKeepAlive',
  agentKeepAliveTimeoutBuffer: 'keepAliveHintMargin',
  scheduling: 'scheduling',
} as const

type Limits = { -readonly [property in keyof typeof fields]: unknown }

describe.each(variants)('$name agent: a native limit', (variant) => {
  it.each(Object.entries(fields))('%s is refused, and told to be %s of reconfigure', async (property, field) => {
    const { agent } = open(variant)
    const limits = agent as unknown as Limits
    const name = property as keyof Limits
    const before = limits[name]
    for (const one of [limits, Object.create(agent) as Limits, new Proxy(agent, {}) as unknown as Limits]) {
      let error: unknown
      try {
        one[name] = name === 'scheduling' ? 'fifo' : 2
      } catch (thrown) {
        error = thrown
      }
      expect(isPoolError(error, 'ERR_POOL_UNSUPPORTED')).toBe(true)
      expect((error as Error).message).toContain(`${property} = `)
      expect((error as Error).message).toMatch(new RegExp(`pool\\.reconfigure\\(.*\\b${field}\\b`))
      expect(limits[name]).toBe(before)
    }
  })

  it('can be read, and written as it is', async () => {
    const { port } = await listen(variant.scheme)
    const opened = open(variant, { scheduling: 'fifo', tcpKeepAlive: '7s', keepAliveHintMargin: '2s' })
    const limits = opened.agent as unknown as Limits
    const expected = {
      maxSockets: Number.POSITIVE_INFINITY,
      maxTotalSockets: Number.POSITIVE_INFINITY,
      maxFreeSockets: Number.POSITIVE_INFINITY,
      keepAlive: true,
      keepAliveMsecs: 7000,
      agentKeepAliveTimeoutBuffer: 2000,
      scheduling: 'fifo',
    }
    expect(limits).toMatchObject(expected)
    Object.assign(limits, expected)
    opened.pool.reconfigure({ scheduling: 'lifo', tcpKeepAlive: false })
    expect(limits).toMatchObject({ scheduling: 'lifo', keepAliveMsecs: 0 })
    expect(await get(opened, { port })).toMatchObject({ body: 'ok' })
    expect(await get(opened, { port })).toMatchObject({ reused: true })
  })

  it('costs no request anything: the agent is no dictionary, as none of node is', () => {
    setFlagsFromString('--allow-natives-syntax')
    const isFast = new Function('object', 'return %HasFastProperties(object)') as (object: object) => boolean
    expect(isFast({ a: 1 })).toBe(true)
    const dictionary: { a?: number } = { a: 1 }
    Object.defineProperty(dictionary, 'a', { get: () => 1 })
    expect(isFast(dictionary)).toBe(false)
    expect(isFast(open(variant).agent)).toBe(true)
  })
})
