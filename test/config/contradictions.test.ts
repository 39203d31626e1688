import { expect, test } from 'vitest'
import { parsePoolConfig } from '../../src/config/parse.ts'
import type { PoolConfig } from '../../src/config/types.ts'

const reuse = 'has no effect, keepAlive: false wins: no connection is used twice'
const direct = 'has no effect, proxy: false wins: every host is reached directly'
const http1 = 'has no effect, http2: false wins: HTTP/1.1 carries one request at a time on a connection, and has no pings'

/** A config, and what is said about it. */
const contradictions: readonly (readonly [config: PoolConfig, ...messages: string[]])[] = [
  [{ maxConnectionsPerHost: 200 }, 'maxConnectionsPerHost: 200 is above maxConnections: 100, which wins'],
  [{ maxConnections: 10, maxIdleConnections: 11 }, 'maxIdleConnections: 11 is above maxConnections: 10, which wins'],
  [
    { maxConnectionsPerHost: 5, maxIdleConnectionsPerHost: 8 },
    'maxIdleConnectionsPerHost: 8 is above maxConnectionsPerHost: 5, which wins',
  ],
  [
    { maxConnectionsPerHost: 7, maxIdleConnections: 6, maxIdleConnectionsPerHost: 8 },
    'maxIdleConnectionsPerHost: 8 is above maxIdleConnections: 6, which wins',
  ],
  [
    { maxIdleConnectionsPerHost: 4, minIdleConnectionsPerHost: 5 },
    'minIdleConnectionsPerHost: 5 is above maxIdleConnectionsPerHost: 4, which wins',
  ],
  [{ minIdleConnectionsPerHost: 101 }, 'minIdleConnectionsPerHost: 101 is above maxConnections: 100, which wins'],
  [{ maxIdleConnectionsPerHost: 101 }, 'maxIdleConnectionsPerHost: 101 is above maxConnections: 100, which wins'],
  [{ keepAliveExpiry: '10m', maxLifetime: '1m' }, 'keepAliveExpiry: 10m is above maxLifetime: 1m, which wins'],
  [
    { keepAliveHintMargin: '5s' },
    'keepAliveHintMargin: 5s is above keepAliveExpiry: 4s: a server that announces 5s or less is never sent two requests on one connection',
  ],
  [{ keepAlive: false, keepAliveExpiry: '5s' }, `keepAliveExpiry: 5s ${reuse}`],
  [
    { keepAlive: false, maxIdleConnections: 5, maxIdleConnectionsPerHost: 2, maxHosts: 3, scheduling: 'fifo' },
    `maxIdleConnections: 5 ${reuse}`,
    `maxIdleConnectionsPerHost: 2 ${reuse}`,
    `maxHosts: 3 ${reuse}`,
    `scheduling: fifo ${reuse}`,
  ],
  [{ maxStreamsPerConnection: 50 }, `maxStreamsPerConnection: 50 ${http1}`],
  [{ pingInterval: false }, `pingInterval: false ${http1}`],
  [{ pingInterval: '60s', http2: false }, `pingInterval: 1m ${http1}`],
  [{ http2: true, keepAlive: false, maxStreamsPerConnection: 5 }, `maxStreamsPerConnection: 5 ${reuse}`],
  [
    { http2: true, maxRequestsPerConnection: 20, maxStreamsPerConnection: 50 },
    'maxStreamsPerConnection: 50 is above maxRequestsPerConnection: 20, which wins',
  ],
  [
    { http2: 'only', keepAliveHintMargin: 0 },
    'keepAliveHintMargin: 0 has no effect, http2: only wins: HTTP/2 has no Keep-Alive header',
  ],
  [{ hosts: { 'a.test': { pingInterval: '5s' } } }, `hosts["a.test"].pingInterval: 5s ${http1}`],
  [{ http2: true, hosts: { 'a.test': { http2: false, pingInterval: '5s' } } }, `hosts["a.test"].pingInterval: 5s ${http1}`],
  [{ noProxy: ['a.test'] }, `noProxy: [a.test] ${direct}`],
  [{ proxy: false, maxConnectionsPerProxy: 5 }, `maxConnectionsPerProxy: 5 ${direct}`],
  [{ block: false, acquireTimeout: '5s' }, 'acquireTimeout: 5s has no effect, block: false wins: no request waits'],
  [{ block: false, maxPending: 5 }, 'maxPending: 5 has no effect, block: false wins: no request waits'],
  [
    { maxOverflow: 'unlimited' },
    'maxOverflow: unlimited wins over block: true: no request ever waits, and limits bound only the connections that are kept',
  ],
  [{ maxPending: 0, acquireTimeout: '1s' }, 'acquireTimeout: 1s has no effect, maxPending: 0 wins: no request waits'],
  [{ tcpKeepAlive: 1500 }, 'tcpKeepAlive: 1.5s is not in whole seconds, which is what sockets take: probes start after 1s'],
  [
    { tcpKeepAlive: '500ms' },
    "tcpKeepAlive: 500ms is not in whole seconds, which is what sockets take: the system's own delay holds",
  ],
  [
    { hosts: { 'a.test': { maxConnectionsPerHost: 200 } } },
    'hosts["a.test"].maxConnectionsPerHost: 200 is above maxConnections: 100, which wins',
  ],
  [
    { maxConnectionsPerHost: 3, hosts: { 'a.test': { maxIdleConnectionsPerHost: 5 } } },
    'hosts["a.test"].maxIdleConnectionsPerHost: 5 is above maxConnectionsPerHost: 3, which wins',
  ],
  [{ hosts: { 'a.test': { keepAlive: false, maxLifetime: '1m' } } }, `hosts["a.test"].maxLifetime: 1m ${reuse}`],
  [
    { block: false, hosts: { 'a.test': { acquireTimeout: '1s' } } },
    'hosts["a.test"].acquireTimeout: 1s has no effect, block: false wins: no request waits',
  ],
]

test.each(contradictions)('%o', (config, ...messages) => {
  const { notes } = parsePoolConfig(config)
  expect(notes.map(({ message }) => message)).toEqual(messages)
  for (const { field, message, support } of notes) {
    expect(message.startsWith(`${field}: `)).toBe(true)
    expect(support).toBe(field === 'tcpKeepAlive' ? 'approximated' : 'enforced')
  }
})

/** Combinations that only look alike. */
const harmless: readonly PoolConfig[] = [
  { maxConnectionsPerHost: 100 },
  { maxConnectionsPerHost: 'unlimited' },
  { maxConnections: 'unlimited', maxConnectionsPerHost: 1000, maxIdleConnections: 2000 },
  { maxConnections: 10, maxIdleConnections: 10, maxConnectionsPerHost: 5, maxIdleConnectionsPerHost: 5 },
  { keepAliveExpiry: 'unlimited', maxLifetime: '1m' },
  { maxLifetime: '1s' },
  { keepAliveExpiry: '1s', keepAliveHintMargin: '1s' },
  { keepAlive: false },
  { keepAlive: false, keepAliveExpiry: '9s', hosts: { 'a.test': { keepAlive: true } } },
  { http2: true, maxStreamsPerConnection: 'unlimited', pingInterval: false, keepAliveHintMargin: '2s' },
  { maxStreamsPerConnection: 5, pingInterval: '5s', hosts: { 'a.test': { http2: true } } },
  { keepAliveHintMargin: '2s', http2: 'only', hosts: { 'a.test': { http2: true } } },
  { proxy: 'env', noProxy: [], maxConnectionsPerProxy: 5 },
  { maxConnectionsPerProxy: 5, hosts: { 'a.test': { proxy: 'http://proxy.test' } } },
  { block: false },
  { block: false, maxOverflow: 'unlimited' },
  { maxPending: 0 },
  { tcpKeepAlive: false },
  { tcpKeepAlive: '2s' },
]

test.each(harmless)('%o contradicts nothing', (config) => {
  expect(parsePoolConfig(config).notes).toEqual([])
})
