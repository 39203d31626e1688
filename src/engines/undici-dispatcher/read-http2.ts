import { maxDuration } from '../../config/durations.ts'
import type { PoolConfig, Support } from '../../config/types.ts'
import type { Options } from '../options.ts'

/** Tells what a reader of the settings should know of one of them. */
export type Say = (field: string, support: Support, message: string) => void

/** Options of undici about HTTP/2 that are read here: of its dispatchers, and of its connector. */
export const ofHttp2: ReadonlySet<string> = new Set([
  'allowH2',
  'useH2c',
  'preferH2',
  'h2Options',
  'maxConcurrentStreams',
  'pingInterval',
])

/** The protocol that a dispatcher with these options speaks, and what it does where that is HTTP/2. */
export function readHttp2(options: Options, say: Say): PoolConfig {
  const { allowH2, useH2c, maxConcurrentStreams, pingInterval, windows, spoken } = together(options)
  if (allowH2 === false) return {}
  if (allowH2 === undefined && !spoken) {
    say(
      'http2',
      'approximated',
      'undici 8 uses HTTP/2 where a server offers it, undici 7 only with allowH2: true; a pool does with http2: true',
    )
    return {}
  }
  if (windows) {
    const instead = 'pass initialWindowSize and connectionWindowSize as native options, the second argument of createPool'
    say('h2Options', 'native', `h2Options: its windows are not pool settings: ${instead}`)
  }
  if (useH2c === true) {
    say('useH2c', 'unsupported', 'useH2c: a pool speaks HTTP/2 to http hosts that have http2: "only", under hosts')
  }
  return {
    http2: true,
    ...(isWhole(maxConcurrentStreams) && maxConcurrentStreams > 0 ? { maxStreamsPerConnection: maxConcurrentStreams } : {}),
    ...(isWhole(pingInterval) ? { pingInterval: pingInterval === 0 ? false : Math.min(pingInterval, maxDuration) } : {}),
  }
}

/** From wherever undici takes each of them. */
function together({ connect, h2Options, ...options }: Options) {
  const ofConnect = (typeof connect === 'object' && connect !== null ? connect : {}) as Options
  const grouped = (typeof h2Options === 'object' && h2Options !== null ? h2Options : {}) as Options
  const allowH2 = ofConnect.allowH2 ?? options.allowH2 ?? undefined
  const useH2c = ofConnect.useH2c ?? grouped.useH2c ?? options.useH2c
  const maxConcurrentStreams = grouped.maxConcurrentStreams ?? options.maxConcurrentStreams
  const pingInterval = grouped.pingInterval ?? options.pingInterval
  const preferH2 = ofConnect.preferH2 ?? options.preferH2
  const windows = grouped.connectionWindowSize !== undefined || grouped.settings !== undefined
  // Who sets any of these has HTTP/2 in mind.
  const spoken =
    useH2c === true || preferH2 === true || maxConcurrentStreams !== undefined || pingInterval !== undefined || windows
  return { allowH2, useH2c, maxConcurrentStreams, pingInterval, windows, spoken }
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
