import type { ClientSupport, PoolConfigField } from 'polypool'
import { contradictions, demandsIn, formatDuration, type ResolvedPool } from 'polypool/internal'
import { type Risk, risksOf } from './risks.ts'

/** The risks of all pools; what a pool has inherited together with its cause is told once, at the pool it comes from. */
export function risksOfPools(
  pools: readonly ResolvedPool[],
  supports: readonly ClientSupport[],
  descriptorLimit: number | undefined,
): Risk[] {
  const byPool = new Map(
    pools.map((pool) => {
      const risks = [...risksOf(pool.name, pool.config, descriptorLimit), ...withoutUnit(pool)]
      return [pool.name, [...risks, ...contradicting(pool, risks), ...unsupported(pool, supports)]] as const
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

/** Fields that are set and that a client can't honour: opening a pool for it throws. */
function unsupported({ name, config, explicit }: ResolvedPool, supports: readonly ClientSupport[]): Risk[] {
  return demandsIn(config, new Set(Object.keys(explicit) as PoolConfigField[])).flatMap(({ field, path }) =>
    supports
      .filter(({ fields }) => fields[field].pool === 'unsupported')
      .map(({ client, fields }) => ({
        id: 'unsupported',
        pool: name,
        path,
        why: `${client} can't honour it, so createPool throws ERR_POOL_UNSUPPORTED: ${fields[field].pooled ?? fields[field].message ?? ''}`,
        fix: `leave it out for ${client}, or open the pool with { strict: false }`,
      })),
  )
}
