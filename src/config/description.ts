import type { Condition } from './conditions.ts'
import type { KindFor, KindSpec } from './kinds.ts'
import type { HostConfigField, PoolConfigField, ResolvedPoolConfig } from './types.ts'

/** Overrides, whose entries are read one by one. */
export interface HostsKind {
  readonly kind: 'hosts'
}

/** What there is to know about one field: checks, defaults, docs, JSON schema and CLI are drawn from it. What is told of it is in `fieldTexts`. */
interface Facts<F extends PoolConfigField> {
  /** What holds when the field is left out, resolved: counts and milliseconds, `Infinity` for unlimited. */
  readonly default: ResolvedPoolConfig[F]
  /** Where the default depends on other fields: in words, and what it is beside them. */
  readonly dependent?: { readonly text: string; of(others: ResolvedPoolConfig): ResolvedPoolConfig[F] }
  /** The value that asks nothing of a client, so that nothing is lost where it does not know the field; null where every value asks something. */
  readonly undemanding: ResolvedPoolConfig[F] | null
  /** What else must hold in a config for the field to say anything there. */
  readonly needs: readonly Condition[]
  /** Whether `hosts` can override it. */
  readonly perHost: F extends HostConfigField ? true : false
  /** Whether `processes` divides it: what servers and proxies count over all processes. */
  readonly divided?: true
}

type KindOf<Value> = [Value] extends [ResolvedPoolConfig['hosts']] ? HostsKind : KindFor<Value>

/** What a field is declared as. */
export type Description<F extends PoolConfigField> = Facts<F> & KindOf<ResolvedPoolConfig[F]>

/** Any field, whose kind is not known before it is looked at. */
export type FieldSpec = { [F in PoolConfigField]: Facts<F> & (KindSpec | HostsKind) }[PoolConfigField]
