import type { ClientSupport, HostLimits, PoolConfigField } from 'polypool'
import { contradictions, type Demand, demandsIn, formatDuration, formatPath, type ResolvedPool } from 'polypool/internal'
import { type Risk, risksOf } from './risks.ts'

/**
 * The risks of all pools; what a pool has inherited together with its cause is told once, at the pool it comes from.
 * @param chosen whether the clients are those that the pools are for, and not just all there are
 */
export function risksOfPools(
  pools: readonly ResolvedPool[],
  supports: readonly ClientSupport[],
  descriptorLimit: number | undefined,
  chosen: boolean,
): Risk[] {
  const byPool = new Map(
    pools.map((pool) => {
      const risks = [...risksOf(pool.name, pool.config, descriptorLimit), ...withoutUnit(pool)]
      const more = [...contradicting(pool, risks), ...multiplied(pool), ...unsupported(pool, supports, chosen)]
      return [pool.name, [...risks, ...more]] as const
    }),
  )
  return pools.flatMap((pool) => {
    const inherited = pool.extends.flatMap((name) => byPool.get(name) ?? [])
    const own = byPool.get(pool.name) ?? []
    return own.filter(({ path, why }) => !inherited.some((risk) => risk.path === path && risk.why === why))
  })
}

/** Fields of which one makes the other mean something else. */
function contradicting({ name, config, explicit }: ResolvedPool, known: readonly Risk[]): Risk[] {
  return contradictions(config, new Set(Object.keys(explicit) as PoolConfigField[]))
    .filter(({ field }) => !known.some(({ path }) => path === field))
    .map(({ field, message, fix }) => ({
      id: 'contradiction',
      pool: name,
      path: field,
      why: message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message,
      fix,
    }))
}

/** `acquireTimeout: 2`, which is two milliseconds. */
function withoutUnit({ name, settings }: ResolvedPool): Risk[] {
  return [...settings].flatMap(([path, { value, seemsSeconds }]) => {
    if (!seemsSeconds) return []
    const [ms, seconds] = [formatDuration(Number(value)), formatDuration(Number(value) * 1000)]
    const why = `a number counts milliseconds, so it is ${ms}, and looks as if it were meant in seconds`
    return [{ id: 'looks-like-seconds', pool: name, path, why, fix: `write "${seconds}", or "${ms}" if that is meant` }]
  })
}

/** A cap on connections that was to protect a server, and that HTTP/2 makes one on many times as many requests. */
function multiplied({ name, config, explicit }: ResolvedPool): Risk[] {
  const overrides = Object.entries(config.hosts).map(([host, override]) => ({ host, override }))
  const places = [{ host: null, override: {} as Partial<HostLimits> }, ...overrides]
  const streams = explicit.maxStreamsPerConnection !== undefined
  const spoken = explicit.http2 !== undefined
  return places.flatMap(({ host, override }) => {
    const { http2, maxConnectionsPerHost: connections, maxStreamsPerConnection } = { ...config, ...override }
    const said = streams || override.maxStreamsPerConnection !== undefined
    if (http2 === false || said || !Number.isFinite(connections)) return []
    // A cap for one host is one on HTTP/2, too, where all hosts are spoken that.
    const field = host === null || override.http2 !== undefined ? 'http2' : 'maxConnectionsPerHost'
    if (host === null ? !spoken : override[field] === undefined) return []
    const cap = field === 'http2' ? `maxConnectionsPerHost: ${connections}` : connections
    const why = `${cap} lets ${connections} requests at a time through to a host over HTTP/1.1, and ${connections * maxStreamsPerConnection} over HTTP/2: a connection carries up to ${maxStreamsPerConnection}`
    const fix = `set maxStreamsPerConnection to what the server can take of each, ${maxStreamsPerConnection} if that is meant`
    return [{ id: 'streams-multiply', pool: name, path: host === null ? field : formatPath(['hosts', host, field]), why, fix }]
  })
}

/** What a pool asks of its clients. */
export function demandedBy({ config, explicit }: ResolvedPool): Demand[] {
  return demandsIn(config, new Set(Object.keys(explicit) as PoolConfigField[]))
}

/**
 * Fields that are set and that a client can't honour: opening a pool for it throws. Where nobody has said which clients the pool is for,
 * those that no client can.
 */
function unsupported(pool: ResolvedPool, supports: readonly ClientSupport[], chosen: boolean): Risk[] {
  const refusing = (field: PoolConfigField) => supports.filter(({ fields }) => fields[field].pool === 'unsupported')
  return demandedBy(pool)
    .filter(({ field }) => chosen || refusing(field).length === supports.length)
    .flatMap(({ field, path }) =>
      refusing(field).map(({ client, fields }) => ({
        id: 'unsupported',
        pool: pool.name,
        path,
        why: `${client} can't honour it, so createPool throws ERR_POOL_UNSUPPORTED: ${fields[field].pooled ?? fields[field].message ?? ''}`,
        fix: `leave it out for ${client}, or open the pool with { strict: false }`,
      })),
    )
}
