// What each promise is worth on the wire: small cases that a subject either keeps or breaks. A server of the conformance suite counts in a process of
// its own, and every socket of this process is counted from `connect` to `close`. Either can only count too many: a server may hear of a new connection
// before the end of an old one, a client's socket may be told of before it is one. So the smaller of both is what there was.
import { setTimeout as sleep } from 'node:timers/promises'
import { loopback as lookup } from '../../cli/src/conformance/lookups.ts'
import { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import type { ProbeReport } from '../../cli/src/conformance/probe/types.ts'
import { SocketCounter } from '../../cli/src/conformance/sockets.ts'
import { type PromiseName, promiseNames, type Verdict } from './results.ts'
import type { Send, Subject, Want } from './subjects.ts'

type Finding = Omit<Verdict, 'by'>

/** One case: its servers, and the subject opened for it. */
interface Scene {
  readonly send: Send
  readonly tally: Tally
  readonly urls: readonly string[]
  report(): Promise<ProbeReport>
  /** Most connections at one time, to one host or to all. */
  peak(host?: number): Promise<number>
  /** Answers what was sent with `?hold=held`. */
  release(): Promise<unknown>
}

interface Case {
  readonly hosts: number
  readonly want: Omit<Want, 'hosts' | 'lookup'>
  run(scene: Scene): Promise<Finding>
}

const cap = 4

const cases: { readonly [promise in PromiseName]: Case } = {
  total: {
    hosts: 3,
    want: { total: cap },
    async run({ send, tally, urls, peak }) {
      // One host after the other, each of which leaves idle connections, and then all of them.
      for (const url of urls) await tally.all(times(8, () => send(`${url}?delay=10`)))
      await tally.all(times(24, (turn) => send(`${urls[turn % urls.length]}?delay=10`)))
      return atMost(cap, await peak(), tally)
    },
  },
  perHost: {
    hosts: 2,
    want: { perHost: 2 },
    async run({ send, tally, urls, peak }) {
      await tally.all(times(16, (turn) => send(`${urls[turn % urls.length]}?delay=20`)))
      return atMost(2, Math.max(await peak(0), await peak(1)), tally)
    },
  },
  aborts: {
    hosts: 1,
    want: { total: cap },
    async run({ send, tally, urls: [url = ''], peak }) {
      for (let wave = 0; wave < 5; wave++) {
        const requests = times(24, (turn) => {
          const controller = new AbortController()
          if (turn % 2 === 0) setTimeout(() => controller.abort(), (turn * 7) % 40)
          return send(`${url}?delay=15`, controller.signal)
        })
        await Promise.allSettled(requests)
      }
      const highest = await peak()
      await tally.all(times(cap, () => send(url)))
      return tally.answers === cap
        ? atMost(cap, highest, tally)
        : { kept: false, seen: `${highest} at one time, then ${tally.answers} of ${cap} answered` }
    },
  },
  deadline: {
    hosts: 1,
    want: { total: 1, deadline: 100 },
    async run({ send, urls: [url = ''], release, report }) {
      const running = outcome(send(`${url}?hold=held`))
      await sleep(30)
      const begun = performance.now()
      const waiting = outcome(send(`${url}?second`))
      const early = await Promise.race([waiting, sleep(700, 'waits')])
      const after = Math.round(performance.now() - begun)
      await release()
      const first = await running
      await waiting
      await sleep(50)
      const arrived = (await report()).connections.flatMap(({ requests }) => requests).length
      if (first !== 'answered') return { kept: false, seen: `ends the running request ${early === 'failed' ? 'too' : 'instead'}` }
      if (early !== 'failed') return { kept: false, seen: `still waits after ${after} ms` }
      if (arrived > 1) return { kept: false, seen: `given up after ${after} ms, and sent all the same` }
      return { kept: true, seen: `given up after ${after} ms` }
    },
  },
  bound: {
    hosts: 1,
    want: { total: 1, queue: 2 },
    async run({ send, tally, urls: [url = ''], release }) {
      const all = tally.all(times(10, () => send(`${url}?hold=held`)))
      await sleep(150)
      const refused = tally.failures
      await release()
      await all
      return { kept: refused === 7 && tally.answers === 3, seen: `${refused} of 10 refused at once, ${tally.answers} answered` }
    },
  },
  idle: {
    hosts: 2,
    want: { total: 6, idle: 2 },
    async run({ send, urls, report }) {
      await Promise.all(times(6, (turn) => send(`${urls[turn % urls.length]}?delay=30`)))
      await sleep(150)
      const { open } = await report()
      return { kept: open <= 2 && open > 0, seen: `${open} kept` }
    },
  },
  reuse: {
    hosts: 1,
    want: { total: cap },
    async run({ send, urls: [url = ''], report }) {
      for (let turn = 0; turn < 20; turn++) {
        await send(url)
        // Some are told of the answer a moment before the connection is free.
        await sleep(5)
      }
      const { opened } = await report()
      return { kept: opened === 1, seen: `${opened} for 20 requests` }
    },
  },
}

/** Longer than any case takes, on a busy machine too; what is not over by then does not go on. */
const stalled = 8000

/** Every promise that a subject has a setting for. */
export async function count(subject: Subject): Promise<{ [promise in PromiseName]?: Verdict }> {
  const verdicts: { [promise in PromiseName]?: Verdict } = {}
  for (const name of promiseNames) {
    const by = subject.settings[name]
    if (by !== undefined) verdicts[name] = { ...(await tryCase(subject, cases[name])), by }
  }
  return verdicts
}

async function tryCase(subject: Subject, { hosts, want, run }: Case): Promise<Finding> {
  const probe = new RemoteProbe()
  const origins = await Promise.all(times(hosts, () => probe.listen()))
  using sockets = new SocketCounter(new Set(origins.map(({ port }) => port)))
  const tally = new Tally()
  const late = new AbortController()
  // What has stalled goes on when its connections end, and must find nothing more to ask then.
  const ask = <T>(question: () => Promise<T>) => (late.signal.aborted ? new Promise<T>(() => {}) : question())
  const scene: Scene = {
    send: subject.open({ ...want, hosts, lookup }),
    tally,
    urls: origins.map(({ port }, host) => `http://host-${host}.test:${port}/`),
    report: () => ask(() => probe.report()),
    async peak(host) {
      const origin = host === undefined ? undefined : origins[host]
      const report = await scene.report()
      const served = origin === undefined ? report : report.origins[origin.id]
      return Math.min(sockets.totals(origin?.port).peak, served?.peak ?? 0)
    },
    release: () => ask(() => probe.release('held')),
  }
  const stall = sleep(stalled, undefined, { signal: late.signal }).then(async () => ({
    kept: false,
    seen: `${await scene.peak()} at one time, and stalls: ${tally.answers} of ${tally.asked} answered`,
  }))
  stall.catch(() => {})
  try {
    return await Promise.race([run(scene), stall])
  } finally {
    late.abort()
    await probe.stop()
  }
}

function atMost(limit: number, peak: number, { answers, failures }: Tally): Finding {
  return { kept: peak <= limit && answers > 0, seen: `${peak} at one time${failures > 0 ? `, ${failures} refused` : ''}` }
}

class Tally {
  asked = 0
  answers = 0
  failures = 0

  async all(requests: readonly Promise<void>[]): Promise<void> {
    const count = (request: Promise<void>) =>
      request.then(
        () => void this.answers++,
        () => void this.failures++,
      )
    this.asked += requests.length
    await Promise.all(requests.map(count))
  }
}

function outcome(request: Promise<void>): Promise<'answered' | 'failed'> {
  return request.then(
    () => 'answered' as const,
    () => 'failed' as const,
  )
}

function times<T>(count: number, make: (turn: number) => T): T[] {
  return Array.from({ length: count }, (_, turn) => make(turn))
}
