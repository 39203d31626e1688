import { formatDuration } from './durations.ts'
import { fieldNames } from './fields.ts'
import { formatValue } from './format.ts'
import { whySilent } from './needs.ts'
import { fieldPath } from './paths.ts'
import type { Note, PoolConfigField, ResolvedPoolConfig, Support } from './types.ts'

/** A field and what caps it besides: the lowest wins. */
const ceilings = [
  ['maxConnectionsPerHost', ['maxConnections']],
  ['maxIdleConnections', ['maxConnections']],
  ['maxIdleConnectionsPerHost', ['maxConnectionsPerHost', 'maxIdleConnections', 'maxConnections']],
  ['minIdleConnectionsPerHost', ['maxIdleConnectionsPerHost', 'maxConnectionsPerHost', 'maxIdleConnections', 'maxConnections']],
  ['keepAliveExpiry', ['maxLifetime']],
  ['maxStreamsPerConnection', ['maxRequestsPerConnection']],
] as const

/** A note, and what to do about it. */
export interface Contradiction extends Note {
  readonly fix: string
}

const fixes = {
  either: 'change one of the two, or leave out the one that has no effect',
  margin: 'set keepAliveHintMargin below keepAliveExpiry',
}

/** Combinations that mean something else than they seem to, and values that hold only nearly. */
export function contradictions(config: ResolvedPoolConfig, explicit: ReadonlySet<PoolConfigField>): Contradiction[] {
  const hosts = Object.entries(config.hosts).map(([key, override]) => ({ key, override, merged: { ...config, ...override } }))
  return [
    // What says something for one host is not without effect.
    ...clashes([config, ...hosts.map(({ merged }) => merged)], (field) => explicit.has(field), ''),
    ...hosts.flatMap(({ key, override, merged }) =>
      clashes([merged], (field) => Object.hasOwn(override, field), `${fieldPath('hosts', key)}.`),
    ),
  ]
}

type Configs = readonly [ResolvedPoolConfig, ...(readonly ResolvedPoolConfig[])]

/**
 * Fields, among those given here, that others make mean something else than they seem to.
 * @param configs the one looked at, and those that inherit from it
 */
function clashes(configs: Configs, given: (field: PoolConfigField) => boolean, prefix: string): Contradiction[] {
  const [config] = configs
  const notes: Contradiction[] = []
  const text = (field: PoolConfigField) => `${field}: ${formatValue(field, config[field])}`
  const note = (field: PoolConfigField, why: string, fix = fixes.either, support: Support = 'enforced') => {
    if (given(field)) notes.push({ field: prefix + field, support, message: `${prefix}${text(field)} ${why}`, fix })
  }
  for (const [field, caps] of ceilings) {
    const lowest = caps.reduce<(typeof caps)[number]>((least, cap) => (config[cap] < config[least] ? cap : least), caps[0])
    if (Number.isFinite(config[field]) && config[field] > config[lowest]) note(field, `is above ${text(lowest)}, which wins`)
  }
  if (config.keepAliveHintMargin > config.keepAliveExpiry) {
    const margin = formatValue('keepAliveHintMargin', config.keepAliveHintMargin)
    note(
      'keepAliveHintMargin',
      `is above ${text('keepAliveExpiry')}: a server that announces ${margin} or less is never sent two requests on one connection`,
      fixes.margin,
    )
  }
  for (const field of fieldNames) {
    const why = whySilent(field, config)
    if (why !== undefined && configs.every((other) => whySilent(field, other) !== undefined)) note(field, `has no effect, ${why}`)
  }
  if (!config.block)
    for (const field of ['acquireTimeout', 'maxPending'] as const)
      note(field, 'has no effect, block: false wins: no request waits')
  else if (config.maxOverflow === Number.POSITIVE_INFINITY) {
    note('maxOverflow', 'wins over block: true: no request ever waits, and limits bound only the connections that are kept')
  } else if (config.maxPending === 0) note('acquireTimeout', 'has no effect, maxPending: 0 wins: no request waits')
  const seconds = Math.floor(Number(config.tcpKeepAlive) / 1000)
  if (Number(config.tcpKeepAlive) % 1000 !== 0) {
    const actual = seconds === 0 ? "the system's own delay holds" : `probes start after ${seconds}s`
    const fix = `write it in whole seconds: ${formatDuration((seconds + 1) * 1000)}${seconds === 0 ? '' : ` or ${formatDuration(seconds * 1000)}`}`
    note('tcpKeepAlive', `is not in whole seconds, which is what sockets take: ${actual}`, fix, 'approximated')
  }
  return notes
}
