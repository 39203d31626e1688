import { fieldNames } from '../config/fields.ts'
import { formatValue } from '../config/format.ts'
import { compileHosts, hostKeysOf } from '../config/hosts.ts'
import { isDemanding, whySilent } from '../config/needs.ts'
import { parsePoolConfig } from '../config/parse.ts'
import { divide } from '../config/processes.ts'
import type { Note, PoolConfig, PoolConfigField, ResolvedPoolConfig } from '../config/types.ts'
import { PoolConfigError } from '../errors.ts'
import { type Placement, readPlacement, type Site } from './placement.ts'
import type { FieldExpression } from './types.ts'

/** What a refusal of a proxy has as its header: the code of the error that a pool would have thrown. */
export const refusalHeader = 'polypool-limit'

/** What a reverse proxy declares once: notes, docs and checks are drawn from it. */
export interface ReverseProxySupport {
  readonly proxy: string
  /** As its makers write it. */
  readonly title: string
  readonly fields: { readonly [F in PoolConfigField]: FieldExpression }
  /** The first version that what is written is for, and the one that is taken where none is named. */
  readonly versions: { readonly oldest: string; readonly usual: string }
  /** Whether it has an address to listen on. */
  readonly listens: boolean
  /** Whether a request waits at a limit, where a pool's `block` says so. */
  readonly waits: boolean
  /** What has been tried: the program that it ran on, or what it was compared with instead. */
  readonly tried: string
  /** What each counts by itself: what `--replicas` is a number of. */
  readonly counts: string
  /** Where its refusals say which limit it was. */
  readonly refusals: readonly Refusal[]
  /** What changes for those who call through it. */
  readonly changes: readonly string[]
}

/** An error of a pool, and what a proxy answers in its place. */
export interface Refusal {
  readonly code: string
  readonly status: number
  /** Header and value. */
  readonly header: string
}

/** What a config asks of one proxy for one upstream. Milliseconds; `Infinity` for unlimited. */
export interface WantedLimits {
  /** Limits of the pool, with those of the upstream's host in their place. */
  readonly config: ResolvedPoolConfig
  /** Connections open at most, and how many of them may be kept. */
  readonly open: number
  readonly kept: number
  /** Requests that may wait; 0 where none does. */
  readonly pending: number
  /** What a request is refused with that may not wait. */
  readonly refusal: 'ERR_POOL_FULL' | 'ERR_POOL_QUEUE_FULL'
}

/** What others have to know of a proxy. Milliseconds; `Infinity` for unlimited. */
export interface ProxyFacts {
  /** Connections to the upstream, of all replicas. */
  readonly open: number
  /** How long a request may wait there; 0 where none does; null where only its sender ends the wait. */
  readonly wait: number | null
  /** How long it keeps an idle connection of a client. */
  readonly clientKeepAlive: number
}

export interface ReverseProxyWriting {
  /** The proxy's config, in its own format, in which `#` begins a comment. */
  readonly code: string
  readonly notes: readonly Note[]
  readonly facts: ProxyFacts
}

/** What the folder of a proxy gives: the same for all of them. */
export interface ReverseProxyFolder {
  readonly support: ReverseProxySupport
  /** Lines of its config. */
  write(wanted: WantedLimits, place: Site): string
  /** How long a request may wait, and an idle connection of a client lasts. */
  facts(wanted: WantedLimits): Omit<ProxyFacts, 'open'>
}

/** The config of one reverse proxy. */
export interface ReverseProxy<Name extends string = string> {
  readonly name: Name
  readonly support: ReverseProxySupport
  /**
   * The proxy's config for one upstream, what of the pool's it holds nearly or not at all, and what changes.
   * @throws PoolConfigError for an invalid config or placement, and for a limit that leaves less than one for each replica
   */
  write(config: PoolConfig, placement: Placement): ReverseProxyWriting
}

export function reverseProxyOf<Name extends string>(name: Name, folder: ReverseProxyFolder): ReverseProxy<Name> {
  const { support } = folder
  return {
    name,
    support,
    write(input, placement) {
      const { config: whole, explicit } = parsePoolConfig(input)
      const place = readPlacement(placement, support)
      const config = { ...whole, ...compileHosts(whole)(place.origin), hosts: {} }
      const { wanted, notes } = wantedOf(config, place.replicas)
      return {
        code: folder.write(wanted, place),
        notes: [...notes, ...waitingOf(support, wanted), ...lossesOf(support, config, otherHosts(whole, place.origin), explicit)],
        facts: { open: wanted.open * place.replicas, ...folder.facts(wanted) },
      }
    },
  }
}

function wantedOf(
  config: ResolvedPoolConfig,
  replicas: number,
): { readonly wanted: WantedLimits; readonly notes: readonly Note[] } {
  const { maxConnections, maxConnectionsPerHost, maxIdleConnections, maxIdleConnectionsPerHost, maxOverflow, block } = config
  const limit = Math.min(maxConnections, maxConnectionsPerHost)
  const notes: Note[] = []
  const share = (field: PoolConfigField, total: number): number => {
    const { each, left } = divide(total, replicas)
    if (each === 0 && total > 0) {
      const message = `${field}: ${total} over ${replicas} replicas leaves less than one for each: set it to ${replicas} or more, or use fewer replicas`
      throw new PoolConfigError([{ path: field, value: total, message }])
    }
    if (left > 0) {
      const message = `${field}: ${total} over ${replicas} replicas is ${each} for each, and ${left} for none`
      notes.push({ field, support: 'approximated', message })
    }
    return each
  }
  // Whoever never waits opens what there is need of, and keeps what the limits allow.
  const neverWaits = maxOverflow === Number.POSITIVE_INFINITY
  const total = maxConnections < maxConnectionsPerHost ? 'maxConnections' : 'maxConnectionsPerHost'
  const open = share(total, neverWaits ? Number.POSITIVE_INFINITY : limit + maxOverflow)
  const idle = Math.min(maxIdleConnections, maxIdleConnectionsPerHost)
  const kept = maxOverflow > 0 ? Math.min(limit, idle) : idle
  const idleField = maxIdleConnections < maxIdleConnectionsPerHost ? 'maxIdleConnections' : 'maxIdleConnectionsPerHost'
  const wanted: WantedLimits = {
    config,
    open,
    kept: kept >= limit + maxOverflow ? Number.POSITIVE_INFINITY : share(idleField, kept),
    pending: neverWaits || !block ? 0 : config.maxPending,
    refusal: block ? 'ERR_POOL_QUEUE_FULL' : 'ERR_POOL_FULL',
  }
  return { wanted, notes }
}

/** That nothing waits is the greatest loss of all, and no field that is set says so. */
function waitingOf({ waits, fields }: ReverseProxySupport, { config, open }: WantedLimits): Note[] {
  if (waits || !config.block || !Number.isFinite(open)) return []
  return [{ field: 'block', support: 'unsupported', message: `block: true does not hold; ${fields.block.message}` }]
}

/** Of every field that asks for something, what the proxy does not hold of it. */
function lossesOf(
  support: ReverseProxySupport,
  config: ResolvedPoolConfig,
  others: boolean,
  explicit: ReadonlySet<PoolConfigField>,
): Note[] {
  return fieldNames.flatMap((field): Note[] => {
    const { support: how, keywords, message } = support.fields[field]
    if (how === 'native') return []
    if (field === 'hosts') return others ? [{ field, support: how, message: `hosts: ${message}` }] : []
    if (whySilent(field, config) !== undefined || !isDemanding(field, config)) return []
    if (hasNoDemandOfItsOwn.includes(field) && !explicit.has(field)) return []
    const value = `${field}: ${formatValue(field, config[field])}`
    const text =
      how === 'unsupported' ? `${value} is left out; ${message}` : `${value} holds nearly, by ${keywords.join(', ')}; ${message}`
    return [{ field, support: how, message: text }]
  })
}

/** Whether anything is set for a host that is not the upstream. */
function otherHosts({ hosts }: ResolvedPoolConfig, origin: string): boolean {
  const own = hostKeysOf(origin)
  return Object.keys(hosts).some((key) => !own.includes(key))
}

/** Every value asks for something, so that only one that is set is a wish. */
const hasNoDemandOfItsOwn: readonly PoolConfigField[] = ['keepAlive', 'keepAliveHintMargin', 'scheduling', 'tcpKeepAlive']
