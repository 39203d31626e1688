import { formatDuration } from '../../config/durations.ts'
import type { Clock, Member } from '../../pool/port.ts'
import { nameOfPool, warn } from './warn.ts'

/** So many pools of one config that lived shorter than this, in milliseconds, and ended within as long, were made for a request each. */
const many = 100
const short = 60_000

/** Kinds of pools that are remembered. */
const mostKinds = 100

/** What is kept of a pool beyond its life. It must not lead to the pool. */
interface Life {
  readonly kind: string
  readonly name: string | undefined
  readonly client: string
  readonly from: number
  readonly clock: Clock
  /** It has opened a connection. */
  used: boolean
}

/** The pools of one client, name and config that have ended of late. */
interface Kind {
  since: number
  ended: number
  warnedOfMany: boolean
  warnedOfLeak: boolean
}

const kinds = new Map<string, Kind>()

function kindOf({ kind, clock }: Life): Kind {
  const known = kinds.get(kind)
  if (known !== undefined) return known
  const fresh = { since: clock.now(), ended: 0, warnedOfMany: false, warnedOfLeak: false }
  kinds.set(kind, fresh)
  const [first] = kinds.keys()
  if (kinds.size > mostKinds && first !== undefined) kinds.delete(first)
  return fresh
}

const collected = new FinalizationRegistry<Life>((life) => {
  if (!life.used) return
  if (onEnd(life)) return
  const kind = kindOf(life)
  if (kind.warnedOfLeak) return
  kind.warnedOfLeak = true
  warn(
    'POLYPOOL_POOL_LEAKED',
    `${nameOfPool(life.name)} for ${life.client} was left without being closed, and is gone: its connections stayed open until they expired. ` +
      'Keep one pool for as long as the process runs, or close() it when it is not needed any more',
  )
})

/** Whether it tells that pools are made for a request each. */
function onEnd(life: Life): boolean {
  const now = life.clock.now()
  if (!life.used || now - life.from > short) return false
  const kind = kindOf(life)
  if (kind.warnedOfMany) return true
  if (now - kind.since > short) {
    kind.since = now
    kind.ended = 0
  }
  if (++kind.ended < many) return false
  kind.warnedOfMany = true
  warn(
    'POLYPOOL_POOL_PER_REQUEST',
    `${many} pools for ${life.client} of the same config were made, used and left within ${formatDuration(Math.max(1, Math.round(now - kind.since)))}: ` +
      'make one pool when the process starts and use it for all requests, or no connection is ever reused and no limit holds',
  )
  return true
}

/** Looks after the pool from its making to its end. Returns what is to be called when it opens a connection. */
export function watchLife(member: Member, clock: Clock, client: string, config: object): () => void {
  const { name } = member
  const life: Life = { kind: JSON.stringify([client, name, config]), name, client, from: clock.now(), clock, used: false }
  collected.register(member, life, life)
  member.ended.then(() => {
    collected.unregister(life)
    onEnd(life)
  })
  return () => {
    life.used = true
  }
}
