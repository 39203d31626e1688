// Runs one example, given as a URL, against servers on loopback and prints what they saw of it.
import { setTimeout as sleep } from 'node:timers/promises'
import { LagMeter } from '../../cli/src/conformance/lag.ts'
import { LocalProbe } from '../../cli/src/conformance/probe/local.ts'
import type { ProbeOrigin } from '../../cli/src/conformance/probe/types.ts'
import { SocketCounter } from '../../cli/src/conformance/sockets.ts'
import { burst, pooled, type Seen } from '../../scripts/docs/comparison-wire.ts'
import { isPoolError } from '../../src/errors.ts'
import { stopwatch, wallClock } from '../time.ts'
import { slowExamples } from './comparison-source.ts'

/** What the servers saw, the most sockets that the client itself had open at one time, and by how much this process was late at worst. */
export interface Observed extends Seen {
  readonly clientPeak: number
  readonly lag: number
  /** By how much it was late in all while the connection idled that was kept longest. */
  readonly late: number
}

interface Example {
  get(url: string): Promise<string>
}

const probe = new LocalProbe()
const hosts = await Promise.all(
  burst.schemes.flatMap((scheme) => Array.from({ length: burst.hosts }, () => probe.listen({ scheme }))),
)
const [first] = hosts as [ProbeOrigin, ...ProbeOrigin[]]
using lag = new LagMeter()
using sockets = new SocketCounter(new Set(hosts.map(({ port }) => port)))

// The examples wait for two seconds at most. What takes a third of a second on a quiet machine, and the start of a process, which takes
// half of one, tell how long those are on this one. What follows does more than either.
const turns = wallClock()
await settled()
const pace = Math.min(16, Math.ceil(Math.max(turns() / 600, process.uptime())))
slowExamples(pace)
const { get } = (await import(process.argv[2] ?? '')) as Example

const send = (hold: string, hostsAsked: readonly ProbeOrigin[], requests: number) =>
  hostsAsked.flatMap(({ scheme, port }) =>
    Array.from({ length: requests }, () => get(`${scheme}://127.0.0.1:${port}/?hold=${hold}`)),
  )

/** Open connections, once their number has not changed for thirty turns of the event loop, each of them a while. */
async function settled(origin?: ProbeOrigin): Promise<number> {
  let [last, same] = [Number.NaN, 0]
  while (same < 30) {
    const { open, origins } = await probe.report()
    const now = origin === undefined ? open : (origins[origin.id]?.open ?? 0)
    same = now === last ? same + 1 : 0
    last = now
    await sleep(10)
  }
  return last
}

/** After so many milliseconds of an event loop that is not late. */
async function longer(ms: number): Promise<null> {
  for (const own = stopwatch(); own() < ms; ) await sleep(Math.max(1, ms - own()))
  return null
}

async function finish(hold: string, requests: readonly Promise<string>[]): Promise<void> {
  await probe.release(hold)
  await Promise.all(requests)
}

const toOne = send('one', [first], burst.requests)
const perHost = await settled(first)
await finish('one', toOne)
const idle = await settled(first)

const toAll = send('all', hosts, burst.requests)
const total = await settled()
await finish('all', toAll)

// All connections of the host in use, and one request more; a little longer than the examples let it wait.
const waiting = send('wait', [first], perHost + 1)
const refused = Promise.race(waiting).then(
  () => 'answered',
  (error: unknown) => (isPoolError(error, pooled.refusal) ? pooled.refusal : String(error)),
)
const refusal = await Promise.race([refused, longer(2500 * pace)])
await probe.release('wait')
await Promise.allSettled(waiting)

// By now the other hosts' idle connections have had most of their time.
const gone = longer(10_000 * pace).then(() => true)
while ((await probe.report()).open > 0 && (await Promise.race([gone, sleep(20, false)])) === false);
const { connections } = await probe.report()
const kept = connections
  .map(({ requests, closedAt }) => ({ from: requests.at(-1)?.answeredAt ?? 0, to: closedAt ?? Number.POSITIVE_INFINITY }))
  .reduce((longest, one) => (one.to - one.from > longest.to - longest.from ? one : longest))
const expiry = (kept.to - kept.from) / pace

const observed: Observed = {
  perHost,
  total,
  idle,
  expiry,
  refusal,
  clientPeak: sockets.peak,
  lag: lag.longest / pace,
  late: lag.within(kept) / pace,
}
console.log(JSON.stringify(observed))
// The agents of the examples live as long as their process.
process.exit()
