import type { Peer } from '../../engines/undici-dispatcher/peer.ts'
import { peerOf, type Undici } from '../../engines/undici-dispatcher/peer-of.ts'
import { restoreDispatcher } from './dispatcher-as-found.ts'
import { undici } from './module.ts'

restoreDispatcher()

/** The installed undici. Throws ERR_POOL_UNSUPPORTED if it is a version that is not supported. */
export function undiciPeer(): Peer {
  // Its types are those of one major.
  return peerOf(undici as unknown as Undici)
}
