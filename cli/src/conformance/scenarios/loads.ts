import type { AnyPool } from '../client.ts'
import type { ScenarioContext, ScenarioOrigin } from '../context.ts'
import { succeeded } from '../expect.ts'

/**
 * Sends a request to another host while so many of one never rest by themselves; it must be served. Returns how many of those overtook it.
 * @param begun resolves once they run
 */
export async function overtaking(
  context: ScenarioContext,
  pool: AnyPool,
  { busy, other, atATime }: { readonly busy: ScenarioOrigin; readonly other: ScenarioOrigin; readonly atATime: number },
  begun: () => Promise<void>,
): Promise<number> {
  let goesOn = true
  const load = Array.from({ length: atATime }, async () => {
    while (goesOn) await context.send(pool, busy.url('delay=2'))
  })
  await begun()
  const before = (await context.seen(busy)).length
  try {
    // One that starves hangs: the load never rests by itself.
    succeeded(await context.outcome(pool, other.url()), 'the request to the other host')
  } finally {
    goesOn = false
  }
  await Promise.all(load)
  return (await context.seen(busy)).length - before
}
