// Runs one example, given as a URL, against servers on loopback and prints what they saw of it.
import './comparison-source.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { burst, pooled, type Seen } from '../../scripts/docs/comparison-wire.ts'
import { LagMeter } from '../../src/conformance/lag.ts'
import { LocalProbe } from '../../src/conformance/probe/local.ts'
import type { ProbeOrigin } from '../../src/conformance/probe/types.ts'
import { SocketCounter } from '../../src/conformance/sockets.ts'
import { isPoolError } from '../../src/errors.ts'

/** What the servers saw, the most sockets that the client itself had open at one time, and by how much this process was late at worst. */
export interface Observed extends Seen {
  readonly clientPeak: number
  readonly lag: number
}

interface Example {
  get(url: string): Promise<string>
}

const { get } = (await import(process.argv[2] ?? '')) as Example
const probe = new LocalProbe()
const hosts = await Promise.all(
  burst.schemes.flatMap((scheme) => Array.from({ length: burst.hosts }, () => probe.listen({ scheme }))),
)
const [first] = hosts as [ProbeOrigin, ...ProbeOrigin[]]
using lag = new LagMeter()
using sockets = new SocketCounter(new Set(hosts.map(({ port }) => port)))

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
const refusal = await Promise.race([refused, sleep(2500, null)])
await probe.release('wait')
await Promise.allSettled(waiting)

// By now the other hosts' idle connections have had most of their time.
const gone = performance.now() + 10_000
while ((await probe.report()).open > 0 && performance.now() < gone) await sleep(20)
const { connections } = await probe.report()
const kept = connections.map(
  ({ requests, closedAt }) => (closedAt ?? Number.POSITIVE_INFINITY) - (requests.at(-1)?.answeredAt ?? 0),
)
const expiry = Math.max(...kept)

const observed: Observed = { perHost, total, idle, expiry, refusal, clientPeak: sockets.peak, lag: lag.longest }
console.log(JSON.stringify(observed))
// The agents of the examples live as long as their process.
process.exit()
