import { expect, test } from 'vitest'
import type { PoolConfig } from '../../../src/config/types.ts'
import { until } from './harness.ts'
import { scene, times } from './http2-harness.ts'

test.each<[string, PoolConfig, number | undefined, number, string]>([
  [
    'the server allows few',
    { maxConnections: 2 },
    3,
    6,
    'maxConnections: 2, all of them in use; 6 of 6 streams run on 2 HTTP/2 connections, the server allows 3 on each; 1 request waits): ' +
      'raise the limit, maxStreamsPerConnection or acquireTimeout',
  ],
  [
    'the pool allows few',
    { maxConnectionsPerHost: 1, maxStreamsPerConnection: 2 },
    100,
    2,
    'maxConnectionsPerHost: 1, all of them in use; 2 of 2 streams run on 1 HTTP/2 connection, maxStreamsPerConnection: 2; 1 request waits): ' +
      'raise the limit, maxStreamsPerConnection or acquireTimeout',
  ],
  [
    'the server allows none',
    {},
    0,
    0,
    '(0 of 0 streams run on 1 HTTP/2 connection, the server allows 0 on each; 1 request waits): raise acquireTimeout until the server allows streams again',
  ],
])('who waits in vain for a stream is told how many there are: %s', async (_, config, maxStreams, running, message) => {
  const server = maxStreams === undefined ? {} : { maxStreams }
  const { get, pool, probe } = await scene({ ...config, acquireTimeout: '1h' }, { server })
  const held = times(running, () => get('/?hold=a'))
  await until(() => pool.stats().streams.active === running)
  pool.reconfigure({ acquireTimeout: 100 })
  const waiting = expect(get()).rejects.toMatchObject({
    code: 'ERR_POOL_ACQUIRE_TIMEOUT',
    message: expect.stringContaining(message),
  })
  await waiting
  await probe.release('a')
  await Promise.all(held)
})

test('so is who may not wait', async () => {
  const { get, pool, probe } = await scene({ maxConnections: 1, maxStreamsPerConnection: 2, block: false, maxOverflow: 0 })
  await get()
  const held = times(2, () => get('/?hold=a'))
  await until(() => pool.stats().streams.active === 2)
  await expect(get()).rejects.toMatchObject({
    code: 'ERR_POOL_FULL',
    message: expect.stringContaining('2 of 2 streams run on 1 HTTP/2 connection, maxStreamsPerConnection: 2'),
  })
  await probe.release('a')
  await Promise.all(held)
})
