// Long random traffic with faults and reconfigurations, from a printed seed: `npm run soak`, `npm run soak -- --minutes 2 --seed 7`.

import net from 'node:net'
import { parseArgs } from 'node:util'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import { clientNames } from '../../src/clients/index.ts'
import { Random } from '../random.ts'
import { disagreements, Surroundings, seenByServer } from './checkpoint.ts'
import { Findings } from './findings.ts'
import { fewest, judged, Progress, summary } from './report.ts'
import { type Sample, survivors, takeSample } from './samples.ts'
import { SoakServer } from './soak-server.ts'
import { Traffic } from './traffic.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string' }, callers: { type: 'string', default: '40' } },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('--minutes takes a positive number, --seed a whole one')
console.log(`soak of ${minutes} minutes, seed ${seed}`)

/** Each has one budget: all clients under one, both engines under another, and those that speak HTTP/2 under a third. */
const teams = [clientNames, ['undici', 'node-http'], ['undici', 'fetch']]
const clients = await Promise.all(teams.map((team) => Promise.all(team.map((driver) => loadClient({ driver })))))

let stopped = false
// Node warns once that it counts objects by an experimental function.
await takeSample()
// What comes after the first finding is only noise.
const findings = new Findings(() => {
  stopped = true
})
await using server = await SoakServer.start(seed)
const places = { ports: server.ports, refused: await refusedPort() }
const traffic = new Traffic(new Random(seed), places, clients, (problem) => findings.add(problem))
const surroundings = new Surroundings()
const samples: Sample[] = []
/** With all pools closed: without what they rightly keep, such as TLS sessions, whose number goes with the traffic. */
const rested: Sample[] = []
const progress = new Progress(minutes, () => ({
  requests: traffic.requests,
  opened: traffic.opened,
  samples,
  findings: findings.all,
}))
const end = performance.now() + minutes * 60_000
// A busy machine gets its samples later; one that has none by then is told.
const latest = end + 2 * minutes * 60_000
// Thirty windows or more, so that a third of them has a median worth the name.
const window = Math.min(15_000, (minutes * 60_000) / 30)

while (!stopped && performance.now() < (hasEnough() ? end : latest)) {
  await traffic.run(Number(values.callers), window)
  const seen = seenByServer(traffic.takePeak(), await server.report(), traffic.opened)
  for (const problem of [...seen, ...(await disagreements(traffic, server))]) findings.add(problem)
  samples.push(await takeSample())
  for (const problem of surroundings.differences()) findings.add(problem)
  if (samples.length % 2 === 0) await traffic.rest(async () => void rested.push(await takeSample()))
}
await traffic.end()
for (const problem of await disagreements(traffic, server)) findings.add(`at the end: ${problem}`)
rested.push(await takeSample())
for (const problem of await survivors()) findings.add(problem)
progress.stop()
findings.stop()
console.log(summary({ minutes, traffic, samples, rested, findings }))
if (findings.all.length > 0) {
  console.error(`${findings.all.length} findings; repeat with --minutes ${minutes} --seed ${seed}`)
  process.exitCode = 1
}

/** The last of the rested ones is taken at the end. */
function hasEnough(): boolean {
  return minutes < judged || (samples.length >= fewest && rested.length + 1 >= fewest)
}

/** Below the ports that the system gives out by itself, as a connection to one of those could meet itself; and none that `fetch` forbids. */
async function refusedPort(): Promise<number> {
  for (let port = 1100; port < 1200; port++) {
    const refused = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
      socket.on('connect', () => {
        socket.destroy()
        resolve(false)
      })
    })
    if (refused) return port
  }
  throw new Error('every port from 1100 to 1199 is taken')
}
