import { expect, onTestFinished, test } from 'vitest'
import { ProxyServer } from '../../src/config/proxies/proxy-server.ts'
import { type AcquireWaitMessage, subscribe } from '../../src/observe/channels.ts'
import { a, b, c, start } from './start.ts'

test('a connection that is taken, and lost while that is told, is not given to the request', () => {
  const engine = start()
  onTestFinished(subscribe('polypool:acquire:grant', () => void engine.member.destroy()))
  const request = engine.ask(a)
  expect(request.connection).toBeNull()
  expect(request.error?.code).toBe('ERR_POOL_CLOSED')
})

test('a request that waits is told with the limit that it waits at', () => {
  const proxy = new ProxyServer('http', 'proxy.test', 3128, { username: '', password: '' })
  const told = ({ field, limit, proxy: at }: AcquireWaitMessage) => [field, limit, at]
  const heard: unknown[] = []
  onTestFinished(subscribe('polypool:acquire:wait', (message) => void heard.push(told(message))))
  const engine = start({
    maxConnections: 3,
    maxConnectionsPerProxy: 2,
    proxy,
    hosts: { 'a.test': { maxConnectionsPerHost: 1 }, 'c.test': { proxy: false } },
  })
  for (const origin of [a, a, b, b, c, c]) engine.ask(origin)
  expect(heard).toEqual([
    ['maxConnectionsPerHost', 1, undefined],
    ['maxConnectionsPerProxy', 2, proxy.origin],
    ['maxConnections', 3, undefined],
  ])
})
