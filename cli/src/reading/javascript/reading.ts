import { type AdapterModule, type Note, type PoolConfig, PoolConfigError, parsePoolConfig, type Reading } from 'polypool'
import { fieldNames } from 'polypool/internal'
import { attempt, besideOthers, certainNotes, differing, readingsOf, type Trial } from '../shared/trial.ts'
import { creations } from './clients.ts'
import { type Gap, isEnvironment, leaveOut, nativeOf, nothingSet } from './native.ts'
import type { Place } from './places.ts'
import type { Value } from './values.ts'

/** What migration needs of an adapter. */
export type Adapter = Pick<AdapterModule<unknown, never, unknown>, 'support' | 'translate' | 'readSettings'>

/** A field that the source does not tell. */
export interface UnknownField {
  readonly field: string
  /** What it depends on, as the source has it. */
  readonly sources: readonly string[]
}

/** What a place means, as far as it can be told. */
export interface PlaceReading {
  readonly config: PoolConfig
  readonly unknown: readonly UnknownField[]
  readonly notes: readonly Note[]
}

/** More unknown values than that are tried all at once, and not one by one, which would take long. */
const manyGaps = 12

/**
 * Reads a place through its client's adapter. Which fields an unknown value decides is found by trying:
 * whatever changes when the value changes is unknown, and only what stays is reported.
 */
export function readPlace(
  { client, settings, implicit }: Pick<Place, 'client' | 'settings' | 'implicit'>,
  adapter: Adapter,
): PlaceReading {
  const read = (native: unknown) => readBy(adapter, native)
  if (implicit) return { ...valid(read(nothingSet(client))), unknown: [] }
  const gaps = [...new Set(gapsIn(settings))]
  if (gaps.length === 0) return { ...valid(read(nativeOf(settings, () => leaveOut))), unknown: [] }
  const readWith = (fill: (gap: Gap) => unknown) => attempt(() => read(wrapped(nativeOf(settings, fill))))
  const base = readWith(() => leaveOut) ?? { config: {}, notes: [] }
  const probes = probesFrom(adapter)
  const trial: Trial<Gap> = {
    read: (fillings) => readWith((gap) => (fillings.has(gap) ? fillings.get(gap) : leaveOut)),
    probesFor: () => probes,
  }
  const changed = new Map<string, Set<string>>()
  for (const group of gaps.length > manyGaps ? [gaps] : gaps.map((gap) => [gap])) {
    const others = gaps.filter((gap) => !group.includes(gap))
    for (const beside of [new Map(), ...besideOthers(others)]) {
      const { without = base, probed } = readingsOf(trial, group, beside)
      for (const field of differing([...probed, without])) {
        changed.set(field, new Set([...(changed.get(field) ?? []), ...group.flatMap(sourcesOf)]))
      }
    }
  }
  const config = Object.fromEntries(Object.entries(base.config).filter(([field]) => !changed.has(field)))
  const unknown = [...changed].map(([field, sources]): UnknownField => ({ field, sources: [...sources] }))
  const notes = certainNotes(readingsOf(trial, gaps).probed)
  return { ...valid({ config, notes }), unknown }
}

function readBy(adapter: Adapter, native: unknown): Reading {
  try {
    return adapter.readSettings(native)
  } catch (error) {
    if (!(error instanceof PoolConfigError)) throw error
    return { config: {}, notes: [{ field: 'settings', support: 'unsupported', message: error.message }] }
  }
}

/** An agent that is unknown as a whole is no agent for an adapter, but not the same as none. */
function wrapped(native: unknown): unknown {
  return native === leaveOut ? {} : native
}

function sourcesOf(gap: Gap): readonly string[] {
  return gap.kind === 'fields' ? gap.open : [gap.source]
}

function gapsIn(value: Value): Gap[] {
  switch (value.kind) {
    case 'unknown':
      return isEnvironment(value) ? [] : [value]
    case 'items':
      return value.items.flatMap(gapsIn)
    case 'fields':
      return [...(value.open.length > 0 ? [value] : []), ...[...value.fields.values()].flatMap(gapsIn)]
    case 'chooser':
      return [value.http, value.https].flatMap(gapsIn)
    case 'made':
      return gapsIn(value.options)
    case 'plain':
      return []
  }
}

/** How an instance differs from plain options, where the class of an agent tells. */
const likeAgents = [
  ...new Set(Object.values(creations).flatMap(({ role, instance }) => (role === 'agent' && instance ? [instance] : []))),
]

/** Values that an unknown one might have: enough that every field that hangs on it moves. */
function probesFrom(adapter: Adapter): unknown[] {
  const demanding: PoolConfig = {
    maxConnections: 71,
    maxConnectionsPerHost: 17,
    maxIdleConnections: 13,
    maxIdleConnectionsPerHost: 11,
    maxHosts: 19,
    keepAliveExpiry: 7777,
    keepAliveHintMargin: 1777,
    maxLifetime: 77_777,
    maxRequestsPerConnection: 77,
    connectTimeout: 7171,
    tcpKeepAlive: 17_000,
    scheduling: 'fifo',
  }
  const own = adapter.translate(demanding).settings
  // The settings as a whole, and the options of an agent in them; those for http and https are equal.
  const parts = [own, ...valuesOf(own), ...valuesOf(own).flatMap(valuesOf)].filter(isObject)
  const options = [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()]
  const agents = [...options, ...options.flatMap((one) => likeAgents.map((like) => like({ ...one })))]
  const pairs = agents.flatMap((agent) => [
    { httpAgent: agent, httpsAgent: agent },
    { agent: { http: agent, https: agent } },
    { agent },
  ])
  return [1, 12_345, 0, '7s', 'fifo', true, false, {}, ...proxies, ...agents, ...pairs]
}

/** A proxy as a URL, as variables, and as axios has one. */
const proxies = [
  'http://probe.invalid:1',
  { HTTP_PROXY: 'http://probe.invalid:1', HTTPS_PROXY: 'http://probe.invalid:1' },
  { protocol: 'http', host: 'probe.invalid', port: 1 },
]

function valuesOf(value: unknown): unknown[] {
  return isObject(value) ? Object.values(value) : []
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Clients take numbers that a pool refuses, such as half a connection: those fields are left out and told. */
function valid({ config, notes }: Reading): Reading {
  const refused: Note[] = []
  const entries = Object.entries(config).filter(([field, value]) => {
    try {
      parsePoolConfig({ [field]: value })
      return true
    } catch (error) {
      if (!(error instanceof PoolConfigError)) throw error
      refused.push({ field, support: 'unsupported', message: `left out, since a pool refuses it: ${error.message}` })
      return false
    }
  })
  return { config: Object.fromEntries(entries), notes: [...notes, ...refused] }
}

/** The fields that say something else than a pool's defaults. */
export function asked(config: PoolConfig): PoolConfig {
  const { config: given } = parsePoolConfig(config)
  const { config: defaults } = parsePoolConfig({})
  return Object.fromEntries(
    fieldNames
      .filter((field) => config[field] !== undefined && given[field] !== defaults[field])
      .map((field) => [field, given[field]]),
  )
}
