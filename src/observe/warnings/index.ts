import type { Core, Member } from '../../pool/port.ts'
import { watchLife } from './pools.ts'
import { Watch } from './watch.ts'

const watches = new WeakMap<Core, Watch>()

/** Has a pool warn of what goes wrong with it. Pools that share their limits share what looks after these. */
export function watchPool(core: Core, member: Member, client: string, leakDetection: number | undefined): void {
  const known = watches.get(core)
  const watch = known ?? new Watch(core)
  if (leakDetection !== undefined) {
    watch.heedThreshold(leakDetection)
    member.senders = new WeakMap()
  }
  const use = watchLife(member, core.clock, client, core.config)
  member.onBegin = use
  if (known !== undefined) return
  watches.set(core, watch)
  core.onBegin = () => watch.wake()
}
