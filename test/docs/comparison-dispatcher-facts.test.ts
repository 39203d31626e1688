import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import * as undici8 from 'undici'
import * as undici7 from 'undici7'
import { describe, expect, it } from 'vitest'
import { watchTcpKeepAlive } from '../../cli/src/conformance/tcp-keep-alive.ts'
import { clients } from '../../src/clients/index.ts'
import type { NativeSetting } from '../../src/clients/types.ts'
import { parseDuration } from '../../src/config/durations.ts'
import type { PoolConfigField } from '../../src/config/types.ts'
import { cleanup, listen, listenRaw, probeCertificate, probeKey } from '../engines/node-agent/support.ts'
import { stopwatch, wallClock } from '../time.ts'

const { settings, parameters, poolClasses } = clients.undici.pooling

function settingOf<F extends PoolConfigField>(field: F): NativeSetting<F> {
  const setting = settings[field] as NativeSetting<F> | undefined
  if (setting === undefined) throw new Error(`${field} is not declared`)
  return setting
}

function declared(keyword: string): string {
  const parameter = parameters.find((candidate) => candidate.keyword === keyword)
  if (parameter === undefined) throw new Error(`${keyword} is not declared`)
  return parameter.default
}

const durationOf = (keyword: string) => parseDuration(declared(keyword))

// Their types are alike enough for what is done with them here.
const majors = { undici8, undici7: undici7 as unknown as typeof undici8 }

/** What an object of undici's keeps under a symbol of that name. */
function hidden(dispatcher: object, name: string): unknown {
  const symbol = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === name)
  if (symbol === undefined) throw new Error(`undici keeps no "${name}" any more`)
  return (dispatcher as { [name: symbol]: unknown })[symbol]
}

/** undici 8 keeps them together. */
function http2Options(major: string, client: object): { maxConcurrentStreams?: unknown; pingInterval?: unknown } {
  return major === 'undici8'
    ? (hidden(client, 'http2 options') as object)
    : { maxConcurrentStreams: hidden(client, 'max concurrent streams'), pingInterval: hidden(client, 'ping interval') }
}

function opened<T extends { destroy(): Promise<unknown> }>(dispatcher: T): T {
  cleanup(() => dispatcher.destroy())
  return dispatcher
}

describe.each(Object.entries(majors))('defaults of %s', (name, { Agent, Client, Pool, request }) => {
  it('are those of its class', () => {
    expect(poolClasses).toEqual([Agent.name])
    const client = opened(new Client('http://127.0.0.1:1'))
    const pool = opened(new Pool('http://127.0.0.1:1'))
    expect(settingOf('keepAlive').written).toMatch(new RegExp(`^${hidden(client, 'pipelining')};`))
    expect(hidden(client, 'default keep alive timeout')).toBe(settingOf('keepAliveExpiry').default)
    expect(hidden(client, 'keep alive timeout threshold')).toBe(settingOf('keepAliveHintMargin').default)
    expect(hidden(client, 'maxRequestsPerClient') ?? Number.POSITIVE_INFINITY).toBe(settingOf('maxRequestsPerConnection').default)
    expect(hidden(pool, 'connections') ?? Number.POSITIVE_INFINITY).toBe(settingOf('maxConnectionsPerHost').default)
    const options = hidden(pool, 'options') as { [option: string]: unknown }
    expect(options[settingOf('maxLifetime').keyword] ?? Number.POSITIVE_INFINITY).toBe(settingOf('maxLifetime').default)
    expect(hidden(client, 'max keep alive timeout')).toBe(durationOf('keepAliveMaxTimeout'))
    const { maxConcurrentStreams, pingInterval } = http2Options(name, client)
    expect(maxConcurrentStreams).toBe(settingOf('maxStreamsPerConnection').default)
    expect(pingInterval).toBe(settingOf('pingInterval').default)
    expect(hidden(client, 'headers timeout')).toBe(durationOf('headersTimeout'))
  })

  it('limit no connections, and probe them', async () => {
    const dispatcher = opened(new Agent())
    using watch = await watchTcpKeepAlive()
    const { port, accepted } = await listen('http', (_, response) => setTimeout(() => response.end('ok'), 300))
    const ask = async () => (await request(`http://127.0.0.1:${port}/`, { dispatcher })).body.text()
    await Promise.all(Array.from({ length: 30 }, ask))
    expect(accepted()).toBe(30)
    expect(watch.calls).toContainEqual({ on: true, seconds: Number(settingOf('tcpKeepAlive').default) / 1000 })
  })

  it('speak HTTP/2 where they are said to', async () => {
    const server = http2.createSecureServer({ key: probeKey, cert: probeCertificate, allowHTTP1: true }, (asked, answer) =>
      answer.end(asked.httpVersion),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanup(() => server.close())
    const { port } = server.address() as AddressInfo
    const dispatcher = opened(new Agent({ connect: { ca: probeCertificate } }))
    const spoken = await (await request(`https://127.0.0.1:${port}/`, { dispatcher })).body.text()
    expect(settingOf('http2').written).toContain(`${spoken === '2.0'} in ${name === 'undici8' ? 'undici 8' : '7'}`)
  })
})

it('every major gives up connecting in the end', async () => {
  // Accepts connections and never answers the TLS handshake.
  const { port } = await listenRaw(() => {})
  await Promise.all(
    Object.values(majors).map(async ({ Agent, request }) => {
      const dispatcher = opened(new Agent())
      const [elapsed, own] = [wallClock(), stopwatch()]
      await expect(request(`https://127.0.0.1:${port}/`, { dispatcher })).rejects.toThrow('Connect Timeout')
      // Its clock ticks every half second.
      expect(elapsed()).toBeGreaterThan(settingOf('connectTimeout').default - 500)
      expect(own()).toBeLessThan(settingOf('connectTimeout').default + 2000)
    }),
  )
})
