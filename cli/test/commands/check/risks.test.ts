import { describe, expect, it } from 'vitest'
import { polypool, project } from '../../command.ts'

async function risksOf(yaml: string) {
  const cwd = project({ 'polypool.config.yaml': yaml })
  const { code, stdout, stderr } = await polypool(['check', '--json'], { cwd })
  expect(stderr).toBe('')
  const { risks } = JSON.parse(stdout) as { risks: { id: string; pool: string; path: string; why: string; fix: string }[] }
  expect(code).toBe(risks.length > 0 ? 1 : 0)
  for (const { why, fix } of risks) {
    expect(why.length).toBeGreaterThan(20)
    expect(fix.length).toBeGreaterThan(5)
  }
  return risks.map(({ id, pool, path: at }) => `${id} ${pool} ${at}`)
}

describe('risks', () => {
  const pool = (fields: string) => `pools: { default: { ${fields} } }`

  it.each([
    ['keepAliveExpiry: 4900ms', []],
    ['keepAliveExpiry: 5s', ['expiry-above-5s default keepAliveExpiry']],
    ['keepAliveExpiry: 59s', ['expiry-above-5s default keepAliveExpiry']],
    ['keepAliveExpiry: 60s', ['expiry-above-60s default keepAliveExpiry']],
    ['keepAliveExpiry: unlimited, maxLifetime: 10m', ['expiry-above-60s default keepAliveExpiry']],
    ['keepAliveExpiry: unlimited', ['expiry-above-60s default keepAliveExpiry', 'connections-for-ever default keepAliveExpiry']],
    ['keepAliveExpiry: 65s, keepAlive: false', ['contradiction default keepAliveExpiry']],
    ['hosts: { api.test: { keepAliveExpiry: 65s } }', ['expiry-above-60s default hosts["api.test"].keepAliveExpiry']],
    ['keepAliveExpiry: 65s, hosts: { api.test: { maxLifetime: 5m } }', ['expiry-above-60s default keepAliveExpiry']],
    ['acquireTimeout: 60s', []],
    ['acquireTimeout: 61s', ['acquire-above-60s default acquireTimeout']],
    ['acquireTimeout: unlimited', ['waiting-for-ever default acquireTimeout']],
    ['connectTimeout: 2m', ['connect-above-60s default connectTimeout']],
    ['keepAliveHintMargin: 5s, keepAliveExpiry: 4s', ['margin-above-hint default keepAliveHintMargin']],
    ['maxConnections: unlimited', ['connections-unlimited default maxConnections']],
    ['block: false', ['overflow-unlimited default block']],
    ['block: false, maxOverflow: 0', []],
    ['maxOverflow: unlimited', ['overflow-unlimited default maxOverflow']],
    ['maxConnections: 10, maxConnectionsPerHost: 11', ['per-host-above-total default maxConnectionsPerHost']],
    ['maxConnections: 10, maxIdleConnections: 11', ['contradiction default maxIdleConnections']],
    ['maxConnections: 100000000', ['above-ulimit default maxConnections']],
    ['maxOverflow: 100000000', ['above-ulimit default maxConnections']],
    ['dnsCacheTtl: 5m', []],
    ['dnsCacheTtl: unlimited', ['dns-cache-long default dnsCacheTtl']],
    [
      'keepAliveExpiry: 5, acquireTimeout: 2',
      ['looks-like-seconds default keepAliveExpiry', 'looks-like-seconds default acquireTimeout'],
    ],
    ['connectTimeout: 49, maxLifetime: 50, dnsCacheTtl: 0', ['looks-like-seconds default connectTimeout']],
    ['tcpKeepAlive: 15', ['looks-like-seconds default tcpKeepAlive']],
    ['hosts: { api.test: { acquireTimeout: 2 } }', ['looks-like-seconds default hosts["api.test"].acquireTimeout']],
    ['http2: true', []],
    ['http2: true, maxConnectionsPerHost: 5', ['streams-multiply default http2']],
    ['http2: true, maxConnectionsPerHost: 5, maxStreamsPerConnection: 100', []],
    ['maxConnectionsPerHost: 5, hosts: { api.test: { http2: only } }', ['streams-multiply default hosts["api.test"].http2']],
    ['http2: true, hosts: { api.test: { maxConnectionsPerHost: 5, http2: true, maxStreamsPerConnection: 9 } }', []],
    ['http2: true, hosts: { api.test: { maxConnectionsPerHost: 5, maxStreamsPerConnection: 9 } }', []],
    [
      'http2: true, hosts: { api.test: { maxConnectionsPerHost: 5 } }',
      ['streams-multiply default hosts["api.test"].maxConnectionsPerHost'],
    ],
    ['http2: true, hosts: { api.test: { maxConnectionsPerHost: 5, http2: false } }', []],
    ['hosts: { api.test: { maxConnectionsPerHost: 5 } }', []],
    ['maxStreamsPerConnection: 5', ['contradiction default maxStreamsPerConnection']],
    // With its unit it was meant so; and what is no duration has no unit.
    ['acquireTimeout: 2ms, maxPending: 5', []],
    ['tcpKeepAlive: 1500ms', ['contradiction default tcpKeepAlive']],
  ])('%s', async (fields, expected) => {
    expect(await risksOf(pool(fields))).toEqual(expected)
  })

  it('tells once what pools inherit, and again what they make worse', async () => {
    const yaml = `pools:
  default: { keepAliveExpiry: 65s, maxConnections: 20, maxConnectionsPerHost: 15 }
  same: { maxPending: 5 }
  worse: { maxConnections: 10 }
  other: { keepAliveExpiry: 30s }
`
    expect(await risksOf(yaml)).toEqual([
      'expiry-above-60s default keepAliveExpiry',
      'per-host-above-total worse maxConnectionsPerHost',
      'expiry-above-5s other keepAliveExpiry',
    ])
  })

  it('has a why and a fix for each, in words', async () => {
    const cwd = project({ 'polypool.config.yaml': pool('keepAliveExpiry: 65s') })
    const { code, stdout } = await polypool(['check'], { cwd })
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /\n1 risk\n- keepAliveExpiry: idle connections are kept for 65s, but .*\n {2}fix: set keepAliveExpiry .*\n$/,
    )
  })
})

it('tells what the clients that a pool is for can’t honour, and only of those that are named', async () => {
  const cwd = project({ 'polypool.config.yaml': 'pools: { default: { http2: true, maxStreamsPerConnection: 5 } }' })
  const all = await polypool(['check'], { cwd })
  expect(all.stdout).toMatch(/^- http2 \(axios\): .*polypool\/fetch/m)
  expect(all.stdout).toMatch(/No risks found\.\n$/)
  const named = await polypool(['check', '--client', 'axios', 'undici', '--json'], { cwd })
  expect(named.code).toBe(1)
  expect(JSON.parse(named.stdout).risks).toMatchObject([
    { id: 'unsupported', path: 'http2', why: expect.stringMatching(/^axios can't honour it/) },
    { id: 'unsupported', path: 'maxStreamsPerConnection' },
  ])
  const plain = await polypool(['check'], { cwd: project({ 'polypool.config.yaml': 'pools: { default: { maxPending: 5 } }' }) })
  expect(plain.stdout).not.toMatch(/^- http2/m)
})

it.each([
  ['acquireTimeout: 2', 'it is 2ms, and looks as if it were meant in seconds', 'write "2s", or "2ms" if that is meant'],
  ['tcpKeepAlive: 1500ms', 'probes start after 1s', 'write it in whole seconds: 2s or 1s'],
  ['tcpKeepAlive: 500ms', "the system's own delay holds", 'write it in whole seconds: 1s'],
  ['keepAliveHintMargin: 4500', 'never sent two requests', 'set keepAliveHintMargin below keepAliveExpiry'],
  ['maxConnections: 5, maxIdleConnections: 6', 'which wins', 'change one of the two, or leave out the one that has no effect'],
])('of %s it says what helps', async (fields, why, fix) => {
  const cwd = project({ 'polypool.config.yaml': `pools: { default: { ${fields} } }` })
  const { code, stdout } = await polypool(['check', '--json'], { cwd })
  expect(code).toBe(1)
  expect(JSON.parse(stdout).risks).toEqual([expect.objectContaining({ why: expect.stringContaining(why), fix })])
})
