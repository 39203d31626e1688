import type { AnyPool } from '../../client.ts'
import type { ScenarioContext, ScenarioOrigin } from '../../context.ts'
import { atMost, equal, succeeded } from '../../expect.ts'
import type { ConnectionRecord, OriginOptions, StreamCount } from '../../probe/types.ts'
import type { Scenario } from '../../scenario.ts'

/** Over http by prior knowledge, over https by ALPN. */
export const bothWays = { schemes: ['http', 'https'], needs: ['http2'] } as const satisfies Partial<Scenario>

/** Over https by ALPN. */
export const byAlpn = { schemes: ['https'], needs: ['http2'] } as const satisfies Partial<Scenario>

/** What the server counted on each HTTP/2 connection, in the order in which they were opened. */
export async function streamsOf(context: ScenarioContext, origin?: ScenarioOrigin): Promise<StreamCount[]> {
  return (await context.connections(origin)).flatMap(({ http2 }) => (http2 ? [http2] : []))
}

/** No connection has carried more requests at one time, and the server had to refuse none. */
export async function keptTo(context: ScenarioContext, most: number, origin?: ScenarioOrigin): Promise<void> {
  for (const { peak, refused } of await streamsOf(context, origin)) {
    atMost(peak, most, 'most streams at one time on one connection')
    equal(refused ?? 0, 0, 'streams that the server refused')
  }
}

/** The versions of HTTP in which requests came, each once. */
export async function versionsOf(context: ScenarioContext, origin?: ScenarioOrigin): Promise<string[]> {
  const requests = (await context.connections(origin)).flatMap((one) => one.requests)
  return [...new Set(requests.map(({ httpVersion }) => httpVersion))]
}

/** Waits until so many requests wait. */
export function pending(context: ScenarioContext, pool: AnyPool, count: number): Promise<void> {
  return context.eventually(() => pool.stats().pending, count, 'stats().pending')
}

/** A pool that has learnt what the server speaks, and idles. */
export async function acquainted(
  context: ScenarioContext,
  http2: OriginOptions['http2'] = true,
): Promise<{ readonly origin: ScenarioOrigin; readonly pool: AnyPool }> {
  const origin = await context.origin({ http2 })
  const pool = context.pool()
  await meet(context, pool, origin)
  return { origin, pool }
}

/** The same of a pool that is there. */
export async function meet(context: ScenarioContext, pool: AnyPool, origin: ScenarioOrigin): Promise<void> {
  await context.send(pool, origin.url('first=1'))
  await context.eventually(() => pool.stats().active, 0, 'stats().active')
}

/** Whose value of the query's `n` is this, by connection. */
export function numbersOf({ requests }: ConnectionRecord): string[] {
  return requests.flatMap(({ url }) => new URL(url, 'http://probe').searchParams.getAll('n'))
}

/** Asks at one time for more than is carried at one time: so many arrive, the rest waits, and all are answered once `meanwhile` is over. */
export async function crowd(
  context: ScenarioContext,
  pool: AnyPool,
  origin: ScenarioOrigin,
  { asks, carried }: { readonly asks: number; readonly carried: number },
  meanwhile: () => unknown = () => {},
): Promise<void> {
  const held = context.sendMany(pool, asks, origin.url('hold=all'))
  await context.arrived(origin, carried)
  await pending(context, pool, asks - carried)
  await meanwhile()
  await context.probe.release('all')
  await held
}

/** Does something while a request is held on the same connection: that goes on, is answered, and no other connection was opened. */
export async function beside(
  context: ScenarioContext,
  act: (origin: ScenarioOrigin, pool: AnyPool) => Promise<void>,
): Promise<void> {
  const origin = await context.origin({ http2: true })
  const pool = context.pool()
  const sibling = context.outcome(pool, origin.url('hold=sibling'))
  await context.arrived(origin, 1)
  await act(origin, pool)
  await context.probe.release('sibling')
  succeeded(await sibling, 'the request beside it')
  equal(context.sockets.opened, 1, 'sockets opened')
  await context.eventually(() => pool.stats().active, 0, 'stats().active')
}
