import { setTimeout as sleep } from 'node:timers/promises'
import type { ScenarioContext } from '../context.ts'
import { atLeast, atMost } from '../expect.ts'
import { slowLookup } from '../lookups.ts'
import type { Scenario } from '../scenario.ts'

/** How long a connect takes and how long an answer, in ms. */
const connect = 60
const answer = 5

interface Load {
  readonly hosts: number
  readonly callers: number
  /** Requests that each caller sends, one after the other. */
  readonly requests: number
  /** Which host the caller's nth request is for. */
  readonly host: (caller: number, nth: number) => number
  /** For how long a caller waits before each, in ms. */
  readonly think?: number
}

/** Has the callers send all they have, and resolves with the port of each host. */
async function play(context: ScenarioContext, { hosts, callers, requests, host, think }: Load): Promise<number[]> {
  const origins = await Promise.all(Array.from({ length: hosts }, () => context.origin()))
  const pool = context.pool(context.config, { lookup: slowLookup(connect) })
  const call = async (caller: number) => {
    for (let nth = 0; nth < requests; nth++) {
      if (think !== undefined) await sleep(think)
      const at = host(caller, nth) % hosts
      await context.send(pool, origins[at]?.url(`delay=${answer}`, `host-${at}.test`) ?? '')
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  return origins.map(({ port }) => port)
}

/** Spreads numbers evenly, in no visible order, the same each time. */
function scattered(caller: number, nth: number): number {
  return (Math.imul((caller + 1) * 7919 + nth * 104_729, 0x9e3779b1) >>> 16) & 0xffff
}

// Where connects count for nothing, each of these opens about twice as many as it may: 90 to 150. On a machine that is free it is 6 to 20.

/** Rule 2, no waste: what a connect costs is weighed when the total is full. Connections are counted: noise does not move them. */
export const sharing: readonly Scenario[] = [
  {
    id: 'sharing/as-many-hosts',
    title: 'as many hosts as connections, slow connects, more callers: connections stay where they are',
    covers: ['maxConnections', 'rule-2', 'trap:idle-closed-for-anybody'],
    config: { maxConnections: 4 },
    async run(context) {
      await play(context, { hosts: 4, callers: 8, requests: 25, host: scattered })
      atMost(context.sockets.opened, 45, 'sockets opened for 200 requests to 4 hosts')
      atMost(context.sockets.peak, 4, 'most client sockets at one time')
    },
  },
  {
    id: 'sharing/hosts-in-turns',
    title: 'callers that go around hosts, slow connects: connections stay where they are',
    covers: ['maxConnections', 'rule-2', 'trap:idle-closed-for-anybody'],
    config: { maxConnections: 6 },
    async run(context) {
      await play(context, { hosts: 4, callers: 8, requests: 25, host: (caller, nth) => caller + nth })
      atMost(context.sockets.opened, 60, 'sockets opened for 200 requests to 4 hosts')
      atMost(context.sockets.peak, 6, 'most client sockets at one time')
    },
  },
  {
    id: 'sharing/light-load',
    title: 'callers that rest between requests, slow connects: connections stay where they are',
    covers: ['maxConnections', 'rule-2', 'trap:idle-closed-for-anybody'],
    config: { maxConnections: 6 },
    async run(context) {
      await play(context, { hosts: 6, callers: 8, requests: 20, host: scattered, think: 10 })
      atMost(context.sockets.opened, 60, 'sockets opened for 160 requests to 6 hosts')
      atMost(context.sockets.peak, 6, 'most client sockets at one time')
    },
  },
  {
    id: 'sharing/one-busy-host',
    title: 'one busy host among six has several times its share of the connections, and few are opened for it',
    covers: ['maxConnections', 'rule-2'],
    config: { maxConnections: 12 },
    async run(context) {
      const host = (caller: number, nth: number) => (caller < 24 ? 0 : 1 + (scattered(caller, nth) % 5))
      const [busy = 0] = await play(context, { hosts: 6, callers: 28, requests: 20, host })
      atLeast(context.sockets.totals(busy).peak, 4, 'sockets to the busy host at one time: divided by hand it has two')
      atMost(context.sockets.opened, 84, 'sockets opened for 560 requests to 6 hosts')
      atMost(context.sockets.peak, 12, 'most client sockets at one time')
    },
  },
]
