// What native options mean to node's agents and agentkeepalive, whatever polypool makes of them.
import Agentkeepalive from 'agentkeepalive'
import fc from 'fast-check'
import type { Reading } from '../../src/adapter.ts'

export type Native = { [option: string]: unknown }

/** Options as node's agents take them, sensible and odd ones. */
const count = fc.oneof(fc.integer({ min: 1, max: 500 }), fc.constantFrom(0, 2.5, Number.POSITIVE_INFINITY, Number.NaN))
export const nodeOptions: fc.Arbitrary<Native> = fc.record(
  {
    keepAlive: fc.boolean(),
    keepAliveMsecs: fc.constantFrom(0, 1, 500, 1000, 60_000),
    maxSockets: count,
    maxTotalSockets: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.constant(Number.POSITIVE_INFINITY)),
    maxFreeSockets: count,
    scheduling: fc.constantFrom('lifo', 'fifo'),
    timeout: fc.constantFrom(0, 1, 250, 5000, 600_000),
    agentKeepAliveTimeoutBuffer: fc.constantFrom(0, 500, 1000, 3000),
    localAddress: fc.constant('127.0.0.1'),
    family: fc.constant(4),
    lookup: fc.constant(() => {
      throw new Error('called')
    }),
    ca: fc.constant('SECRET'),
    maxCachedSessions: fc.constant(5),
  },
  { requiredKeys: [] },
)

const duration = fc.constantFrom<unknown>(0, 1, 250, 4000, 8001, '30s', '1.5m', '200 ms', '1 hour')
export const keepaliveOptions: fc.Arbitrary<Native> = nodeOptions.chain((options) =>
  fc
    .record({ freeSocketTimeout: duration, socketActiveTTL: duration, timeout: duration }, { requiredKeys: [] })
    .map((more) => ({ ...options, ...more })),
)

const unlimited = (value: unknown): number => Math.ceil((value as number) || Number.POSITIVE_INFINITY)

/** What http.Agent makes of options: the same for any two that pool alike. */
export function nodeMeaning(options: Native): Native {
  const keepAlive = Boolean(options.keepAlive)
  return {
    keepAlive,
    maxSockets: unlimited(options.maxSockets),
    maxTotalSockets: unlimited(options.maxTotalSockets),
    scheduling: options.scheduling ?? 'lifo',
    ...(keepAlive && {
      keepAliveMsecs: options.keepAliveMsecs || 1000,
      maxFreeSockets: Math.ceil((options.maxFreeSockets as number) || 256),
      timeout: options.timeout || 0,
      buffer: options.agentKeepAliveTimeoutBuffer ?? 1000,
    }),
  }
}

/** The same for agentkeepalive, read from the instance that it makes of them; its timer for active requests no pool setting holds. */
export function keepaliveMeaning(given: Native): Native {
  const agent = new Agentkeepalive({ ...given })
  const { options } = agent as unknown as { options: Native }
  const { keepAlive: _, ...rest } = nodeMeaning({ ...options, agentKeepAliveTimeoutBuffer: 0 })
  const { timeout: __, ...limits } = rest
  return {
    ...limits,
    keepAlive: options.keepAlive,
    ...(options.keepAlive === true && { idle: options.freeSocketTimeout || options.timeout || 0 }),
    ttl: options.socketActiveTTL || 0,
  }
}

/** Options that a reading turns into fields; every other one must be named. */
export const mapped = ['keepAlive', 'maxSockets', 'maxTotalSockets', 'scheduling']
export const mappedWithKeepAlive = [...mapped, 'maxFreeSockets', 'agentKeepAliveTimeoutBuffer', 'freeSocketTimeout']

export function unnamed(options: Native, { notes }: Reading, taken: readonly string[]): string[] {
  const said = (option: string) => notes.some(({ field, message }) => field === option || message.split(/\W+/).includes(option))
  const isSet = (option: string) => options[option] !== undefined && !(option === 'timeout' && options.timeout === 0)
  return Object.keys(options).filter((option) => isSet(option) && !taken.includes(option) && !said(option))
}
