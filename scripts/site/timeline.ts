// Draws docs/timeline.svg, the picture of the README, from a run: `npm run docs:timeline`. The same requests go through axios twice, by its own nearest
// settings and by polypool; what is drawn is what the server saw of its connections.
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import { send } from '../../cli/src/conformance/clients/send.ts'
import { optionsFor as trusting } from '../../cli/src/conformance/clients/shared.ts'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import { probeNow } from '../../cli/src/conformance/probe/clock.ts'
import { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import type { ProbeOrigin } from '../../cli/src/conformance/probe/types.ts'
import { nativePool, type PoolLike } from '../../examples/demo/native.ts'
import { root } from '../root.ts'
import { drawTimeline, type Half } from './draw-timeline.ts'

const limits = { maxConnections: 6, maxConnectionsPerHost: 3, keepAliveExpiry: 500, acquireTimeout: 300 }

const client = await loadClient({ driver: 'axios' })
const handle = client.driver.open(client.module)
const probe = new RemoteProbe()

const alone = await run(nativePool(client, limits, probeCertificate))
const pool = client.adapter.createPool(limits, trusting(client.driver.family, { ca: probeCertificate }) as never)
const pooled = await run(pool)
await pool.close()
await probe.stop()

const mostOf = ({ connections }: Half) => Math.max(...connections.map(({ place }) => place)) + 1
if (mostOf(pooled) > limits.maxConnections) throw new Error(`polypool had ${mostOf(pooled)} connections open`)
writeFileSync(new URL('docs/timeline.svg', root), drawTimeline({ alone, pooled, limits }))
console.log(`docs/timeline.svg: ${mostOf(alone)} connections with axios's own settings, ${mostOf(pooled)} with polypool`)
// The agents of its own settings may keep connections.
process.exit()

/** Requests to four hosts, twelve at a time; then six slow ones to one of them; then nothing, until idle connections have expired. */
async function run(through: PoolLike): Promise<Half> {
  const origins = await Promise.all((['http', 'http', 'http', 'https'] as const).map((scheme) => probe.listen({ scheme })))
  const begin = probeNow()
  const since = () => probeNow() - begin
  const waits: Half['waits'][number][] = []
  const request = async ({ scheme, port }: ProbeOrigin, delay: number) => {
    const sent = since()
    const failed = await send(handle, through, {
      url: `${scheme}://127.0.0.1:${port}/?delay=${delay}&sent=${Math.round(sent)}`,
    }).then(
      () => false,
      () => true,
    )
    return { sent, failed, ended: since() }
  }
  let sent = 0
  const worker = async () => {
    while (sent < 60) {
      const at = sent++
      await request(origins[at % origins.length] as ProbeOrigin, 40 + 10 * (at % 3))
    }
  }
  await Promise.all(Array.from({ length: 12 }, worker))
  await sleep(150)
  const slow = since()
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => request(origins[0] as ProbeOrigin, 500)))
  await sleep(900)
  const { connections } = await probe.report()
  const own = connections.filter(({ origin }) => origins.some(({ id }) => id === origin))
  const arrivals = own.flatMap(({ requests }) =>
    requests.filter(({ url }) => url.includes('delay=500')).map(({ at }) => at - begin),
  )
  // Those that came first are on a connection at once; the rest wait for theirs, or for their end.
  for (const at of arrivals.sort((a, b) => a - b).slice(limits.maxConnectionsPerHost))
    waits.push({ from: slow, to: at, failed: false })
  for (const { failed, ended } of outcomes) if (failed) waits.push({ from: slow, to: ended, failed })
  const end = since()
  return {
    end,
    waits,
    connections: placed(
      own.map(({ origin, openedAt, closedAt, requests }) => ({
        host: origins.findIndex(({ id }) => id === origin),
        from: openedAt - begin,
        to: (closedAt ?? Number.POSITIVE_INFINITY) - begin,
        busy: requests.map(({ at, answeredAt }) => ({ from: at - begin, to: (answeredAt ?? at) - begin })),
      })),
    ),
  }
}

/** Each takes the first place that is free when it is opened. */
function placed(connections: readonly Omit<Half['connections'][number], 'place'>[]): Half['connections'] {
  const freeAt: number[] = []
  return connections
    .toSorted((a, b) => a.from - b.from)
    .map((connection) => {
      const free = freeAt.findIndex((at) => at <= connection.from)
      const place = free === -1 ? freeAt.length : free
      freeAt[place] = connection.to
      return { ...connection, place }
    })
}
