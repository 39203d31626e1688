import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import KeepAliveAgent, { HttpsAgent as KeepAliveHttpsAgent } from 'agentkeepalive'
import undici from 'undici'
import type { PoolConfig, PoolConfigField } from '../../../src/config/types.ts'
import { PoolClosedError } from '../../../src/errors.ts'
import type { AnyAdapter, AnyPool } from '../../src/conformance/client.ts'

/** Says that it enforces everything. */
const boast = Object.fromEntries(
  (
    [
      'maxConnections',
      'maxConnectionsPerHost',
      'acquireTimeout',
      'maxPending',
      'keepAlive',
      'keepAliveExpiry',
    ] as PoolConfigField[]
  ).map((field) => [field, { native: 'native', pool: 'enforced' }]),
)

/** The face of a pool over native objects that know nothing of it: what a thoughtless translation would be. */
function faceOf(options: unknown, close: () => void, pending = () => 0): AnyPool {
  return {
    options,
    name: undefined,
    closed: false,
    config: {} as AnyPool['config'],
    notes: [],
    health: () => ({ status: 'ok', reasons: [] }),
    preconnect: async () => 0,
    stats: () => ({
      open: 0,
      active: 0,
      idle: 0,
      pending: pending(),
      requests: 0,
      draining: 0,
      streams: { active: 0, capacity: 0 },
      upgraded: 0,
      created: 0,
      reused: 0,
      evicted: 0,
      expired: 0,
      overflowed: 0,
      acquireTimeouts: 0,
      rejected: 0,
      aborted: 0,
      hosts: {},
    }),
    reconfigure() {},
    close: async () => close(),
    destroy: async () => close(),
    [Symbol.asyncDispose]: async () => close(),
  }
}

function adapter(createPool: (config: PoolConfig, native: object) => AnyPool): AnyAdapter {
  return {
    support: { client: 'native', peer: null, fields: boast, advice: [] } as unknown as AnyAdapter['support'],
    createPool: (config = {}, native = {}) => createPool(config as PoolConfig, native),
    translate: () => ({ settings: {}, notes: [] }),
    readSettings: () => ({ config: {}, notes: [] }),
  }
}

const count = (limit: unknown) => (typeof limit === 'number' ? limit : undefined)

/** node:http's agents with the nearest of their own settings. */
export const nativeAgents = adapter((config, native) => {
  const settings: AgentOptions = { keepAlive: config.keepAlive ?? true, ...native }
  const { maxConnectionsPerHost, maxConnections } = config
  if (count(maxConnectionsPerHost)) settings.maxSockets = Number(maxConnectionsPerHost)
  if (count(maxConnections)) settings.maxTotalSockets = Number(maxConnections)
  if (count(config.keepAliveExpiry)) settings.timeout = Number(config.keepAliveExpiry)
  const [http, https] = [new HttpAgent(settings), new HttpsAgent(settings)]
  const close = () => {
    http.destroy()
    https.destroy()
  }
  const waiting = (agent: HttpAgent) => Object.values(agent.requests).reduce((sum, requests) => sum + (requests?.length ?? 0), 0)
  return faceOf({ http, https }, close, () => waiting(http) + waiting(https))
})

/** agentkeepalive's classes with theirs. */
export const nativeKeepAlive = adapter((config, native) => {
  const settings = { maxSockets: Number(config.maxConnections), freeSocketTimeout: Number(config.keepAliveExpiry), ...native }
  const [http, https] = [new KeepAliveAgent({ ...settings }), new KeepAliveHttpsAgent({ ...settings })]
  return faceOf({ http, https }, () => {
    http.destroy()
    https.destroy()
  })
})

/** undici's Agent with the nearest of its own settings. */
export const nativeUndici = adapter((config, native) => {
  const { maxConnectionsPerHost, maxConnections, keepAliveExpiry, connectTimeout } = config
  const dispatcher = new undici.Agent({
    connections: count(maxConnectionsPerHost) ?? count(maxConnections) ?? null,
    ...(count(keepAliveExpiry) ? { keepAliveTimeout: Number(keepAliveExpiry) } : {}),
    ...(count(connectTimeout) ? { connectTimeout: Number(connectTimeout) } : {}),
    ...native,
  })
  return faceOf({ dispatcher }, () => void dispatcher.destroy(new PoolClosedError('destroyed')))
})
