import type { PoolConfig } from '../../config/types.ts'
import { list } from '../../text/list.ts'
import { show } from '../../text/show.ts'
import type { NumberRule } from '../numbers.ts'
import type { SettingsReader } from '../settings-reader.ts'
import { flag } from './flag.ts'
import { httpVersions, readHttpVersion } from './versions.ts'

const aboutStreams = ['M_MAX_CONCURRENT_STREAMS', 'M_PIPELINING', 'PIPEWAIT'] as const

/** Where libcurl takes as many streams as the server allows. */
export const mostStreams = 0x7fffffff

/** The protocol, and how many requests share a connection of it. */
export function readProtocols(reader: SettingsReader, long: NumberRule): PoolConfig {
  const { alone, streams } = readStreams(reader, long)
  const http2 = readProtocol(reader, alone)
  if (http2 === undefined) return {}
  if (http2 !== false)
    return { http2, ...(streams === undefined ? {} : { maxStreamsPerConnection: streams }), pingInterval: false }
  for (const option of aboutStreams.filter((name) => reader.has(name))) {
    reader.noEffect(option, 'with HTTP/1.1, which HTTP_VERSION asks for')
  }
  return { http2 }
}

/** Undefined where libcurl chooses, and nothing shows that its choice is counted on. */
function readProtocol(reader: SettingsReader, alone: boolean): PoolConfig['http2'] {
  const given = reader.raw('HTTP_VERSION')
  const version = given === undefined ? undefined : readHttpVersion(given)
  if (given !== undefined && version === undefined) {
    const names = Object.keys(httpVersions)
    reader.fail('HTTP_VERSION', `${show(given)} is no version of HTTP: use one of ${list(names, names.length)}`)
  }
  if (version?.remark !== undefined)
    reader.note('HTTP_VERSION', 'approximated', `HTTP_VERSION: ${version.name}: ${version.remark}`)
  if (version !== undefined && version.http2 !== null) return version.http2
  if (alone) {
    const like = 'without PIPE_MULTIPLEX every transfer has a connection of its own, as in a pool with http2: false'
    reader.note('M_PIPELINING', 'native', `M_PIPELINING: ${like}`)
    return undefined
  }
  if (reader.has('M_PIPELINING') || reader.has('M_MAX_CONCURRENT_STREAMS')) return true
  if (reader.before('7.62.0')) return undefined
  const chosen = 'without it libcurl speaks HTTP/2 to https servers that offer it; a pool does with http2: true'
  reader.note('HTTP_VERSION', 'approximated', `HTTP_VERSION: ${chosen}`)
  return undefined
}

/** How many transfers share a connection of HTTP/2, if that was set; `alone` if none do. */
function readStreams(reader: SettingsReader, long: NumberRule): { alone: boolean; streams?: number | 'unlimited' } {
  const pipelining = reader.number('M_PIPELINING', long)
  const given = reader.number('M_MAX_CONCURRENT_STREAMS', long) ?? 0
  flag(reader, 'PIPEWAIT')
  // Bit 1 is for streams; bit 0, pipelining of HTTP/1.1, has had no effect since 7.62.
  if (reader.has('M_PIPELINING') && (Number(pipelining) & 2) === 0) return { alone: true, streams: 1 }
  if (!reader.has('M_MAX_CONCURRENT_STREAMS')) return { alone: false }
  // 0 sets the default again.
  const streams = given || Number(reader.default('M_MAX_CONCURRENT_STREAMS'))
  return { alone: false, streams: streams >= mostStreams ? 'unlimited' : streams }
}
