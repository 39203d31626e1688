import type { ClientSupport } from '../adapter.ts'
import type { PoolConfigField } from '../config/types.ts'
import type { ResolvedPool } from '../files/resolve.ts'
import { type Risk, risksOf } from './risks.ts'

/** The risks of all pools; what a pool has inherited together with its cause is told once, at the pool it comes from. */
export function risksOfPools(
  pools: readonly ResolvedPool[],
  supports: readonly ClientSupport[],
  descriptorLimit: number | undefined,
): Risk[] {
  const byPool = new Map(
    pools.map((pool) => {
      const risks = risksOf(pool.name, pool.config, descriptorLimit)
      return [pool.name, [...risks, ...contradictions(pool, risks), ...unsupported(pool, supports)]] as const
    }),
  )
  return pools.flatMap((pool) => {
    const inherited = pool.extends.flatMap((name) => byPool.get(name) ?? [])
    const own = byPool.get(pool.name) ?? []
    return own.filter(({ path, why }) => !inherited.some((risk) => risk.path === path && risk.why === why))
  })
}

/** Fields of which one makes the other mean something else. */
function contradictions({ name, notes }: ResolvedPool, known: readonly Risk[]): Risk[] {
  return notes
    .filter(({ field }) => !known.some(({ path }) => path === field))
    .map(({ field, message }) => ({
      id: 'contradiction',
      pool: name,
      path: field,
      why: message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message,
      fix: 'change one of the two, or leave out the one that has no effect',
    }))
}

/** Fields that are set and that a client can't honour: opening a pool for it throws. */
function unsupported({ name, explicit }: ResolvedPool, supports: readonly ClientSupport[]): Risk[] {
  return (Object.keys(explicit) as PoolConfigField[]).flatMap((field) =>
    supports
      .filter(({ fields }) => fields[field].pool === 'unsupported')
      .map(({ client, fields }) => ({
        id: 'unsupported',
        pool: name,
        path: field,
        why: `${client} can't honour it, so createPool throws ERR_POOL_UNSUPPORTED: ${fields[field].pooled ?? fields[field].message ?? ''}`,
        fix: `leave it out for ${client}, or open the pool with { strict: false }`,
      })),
  )
}
