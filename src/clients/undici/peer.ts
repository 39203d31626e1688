import type { ClientSupport } from '../../adapter.ts'
import type { Peer } from '../../engines/undici-dispatcher/peer.ts'
import { peerOf, platformLosing, type Undici } from '../../engines/undici-dispatcher/peer-of.ts'
import { restoreDispatcher } from './dispatcher-as-found.ts'
import { undici } from './module.ts'

restoreDispatcher()

/** The installed undici. Throws ERR_POOL_UNSUPPORTED if it is a version that is not supported. */
export function undiciPeer(): Peer {
  // Its types are those of one major.
  return peerOf(undici as unknown as Undici)
}

/** What of a client's support holds with that undici. */
export function supportWith(
  { symbols, version, major }: Peer,
  support: ClientSupport,
  platform = platformLosing(),
): ClientSupport {
  if (symbols.http2 !== undefined) return support
  const pooled =
    platform === undefined
      ? `undici ${version ?? major} is installed, and its Clients can't be trusted with HTTP/2 before 8.11: npm install undici@8, which needs Node 22.19 or newer`
      : `on ${platform} undici loses bodies of answers over HTTP/2: run this on Node`
  return { ...support, fields: { ...support.fields, http2: { ...support.fields.http2, pool: 'unsupported', pooled } } }
}
