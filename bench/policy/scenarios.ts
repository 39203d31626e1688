import { Random } from '../../test/random.ts'
import { always, around, type Choice, type Duration, evenly, inTurns, type Load, pareto, skewed, zipf } from './load.ts'

interface Shape {
  readonly hosts: number
  readonly total: number
  readonly callers: number
  readonly think?: number
  readonly choose: Choice
}

const shapes = {
  '4 hosts in turns': { hosts: 4, total: 6, callers: 8, choose: inTurns(4) },
  '4 hosts': { hosts: 4, total: 8, callers: 12, choose: evenly(4) },
  '10 hosts, 2 hot': { hosts: 10, total: 20, callers: 40, choose: skewed(10, 2, 0.8) },
  '8 hosts': { hosts: 8, total: 8, callers: 16, choose: evenly(8) },
  '100 hosts, Zipf': { hosts: 100, total: 40, callers: 60, choose: zipf(100) },
  '50 hosts': { hosts: 50, total: 20, callers: 30, choose: evenly(50) },
  '8 hosts, thinking': { hosts: 8, total: 8, callers: 10, think: 30, choose: evenly(8) },
} satisfies Record<string, Shape>

type ShapeName = keyof typeof shapes
const named = Object.entries(shapes) as [ShapeName, Shape][]

/** A connect in one data centre, within a continent, and with TLS across an ocean. */
const connects = [2, 20, 150]

type Rest = Omit<Load, 'group' | 'name' | 'duration'> & { readonly duration?: number }

const load = (group: string, name: string, rest: Rest): Load => ({ group, name, duration: 20_000, ...rest })

const shaped = (group: string, connect: number, service: Duration, rest: (shape: Shape) => Partial<Load> = () => ({})): Load[] =>
  named.map(([name, shape]) =>
    load(group, `${name}, C ${connect}`, { ...shape, connect: always(connect), service, ...rest(shape) }),
  )

/** The seven shapes at three costs of a connect; service 10 ms, 60 s. */
export function cells(): Load[] {
  return connects.flatMap((connect) => shaped('cells', connect, around(10), () => ({ duration: 60_000 })))
}

/** Everything that has come to mind. */
export function wide(): Load[] {
  return [...cells(), ...services(), ...mixed(), ...openLoops(), ...connects.flatMap((connect) => special(connect))]
}

function services(): Load[] {
  return [
    ...connects.flatMap((connect) => [
      ...shaped('service 1 ms', connect, around(1), () => ({ duration: connect < 100 ? 5000 : 15_000 })),
      ...shaped('service 100 ms', connect, around(100), ({ think = 0 }) => ({ duration: 60_000, think: 10 * think })),
      ...shaped('Pareto', connect, pareto(10)),
    ]),
    ...[0.3, 1, 5, 50, 300].flatMap((connect) => shaped('connects', connect, around(10))),
  ]
}

/** Drawn at random. */
function mixed(): Load[] {
  const random = new Random(1)
  const logarithmic = (from: number, to: number) => from * (to / from) ** random.next()
  return Array.from({ length: 60 }, (_, seed) => {
    const hosts = Math.round(logarithmic(2, 500))
    const total = Math.round(logarithmic(2, 200))
    const callers = Math.max(1, Math.round(total * logarithmic(0.5, 20)))
    const connect = Number(logarithmic(0.3, 300).toFixed(1))
    const service = Number(logarithmic(1, 100).toFixed(1))
    const even = random.next() >= 0.5
    const name = `${hosts} hosts${even ? '' : ', Zipf'}, total ${total}, ${callers} callers, C ${connect}, S ${service}`
    const duration = Math.min(60_000, Math.max(4000, Math.min(400 * (connect + service), (3e4 * service) / total)))
    const choose = even ? evenly(hosts) : zipf(hosts)
    return load('mixed', name, {
      hosts,
      total,
      callers,
      choose,
      connect: always(connect),
      service: around(service),
      duration,
      seed,
    })
  })
}

function openLoops(): Load[] {
  const names: ShapeName[] = ['4 hosts', '10 hosts, 2 hot', '8 hosts', '100 hosts, Zipf', '50 hosts']
  return connects.flatMap((connect) =>
    [0.5, 0.7, 0.85, 0.95].flatMap((busy) =>
      names.map((name) => {
        const { hosts, total, choose } = shapes[name]
        const rate = (busy * total) / 10
        const rest = { hosts, total, choose, connect: always(connect), service: around(10), rate }
        return load('open loop', `${name}, C ${connect}, ${100 * busy} %`, rest)
      }),
    ),
  )
}

/** Hosts that speak HTTP/2 beside hosts that do not, on fewer connections than hosts, or as many. */
export function sessions(): Load[] {
  return connects.flatMap((connect) => shared(connect))
}

function shared(C: number): Load[] {
  const common = { connect: always(C), service: around(10), slots: (host: number) => (host < 2 ? 50 : 1) }
  const all = { ...common, slots: () => 50 }
  return [
    load('sessions', `2 of 8 hosts with 50 slots and 80 %, total 4, C ${C}`, {
      ...{ ...common, hosts: 8, total: 4, callers: 60, choose: skewed(8, 2, 0.8) },
    }),
    load('sessions', `2 of 8 hosts with 50 slots and 80 %, total 8, C ${C}`, {
      ...{ ...common, hosts: 8, total: 8, callers: 60, choose: skewed(8, 2, 0.8) },
    }),
    load('sessions', `one of 3 hosts with 50 slots and 90 %, total 2, C ${C}`, {
      ...{ ...common, slots: (host: number) => (host < 1 ? 50 : 1) },
      ...{ hosts: 3, total: 2, callers: 60, choose: skewed(3, 1, 0.9) },
    }),
    load('sessions', `2 hosts, one with 50 slots and 95 %, total 1, C ${C}`, {
      ...{ ...common, slots: (host: number) => (host < 1 ? 50 : 1) },
      ...{ hosts: 2, total: 1, callers: 40, choose: skewed(2, 1, 0.95) },
    }),
    load('sessions', `8 hosts, 50 slots, total 4, C ${C}`, { ...all, hosts: 8, total: 4, callers: 60, choose: evenly(8) }),
    load('sessions', `8 hosts, 50 slots, Zipf, thinking, total 4, C ${C}`, {
      ...{ ...all, hosts: 8, total: 4, callers: 60, think: 30, choose: zipf(8) },
    }),
  ]
}

/** Loads that change, hosts that are unlike each other, and more hosts than connections. */
function special(C: number): Load[] {
  const connect = always(C)
  const service = around(10)
  const eight = { ...shapes['8 hosts'], connect, service }
  const every = (ms: number, times: number) => Array.from({ length: times }, (_, nth) => ({ nth, at: ms * (nth + 1) }))
  const phase = (now: number) => Math.floor(now / 5000)
  return [
    load('bursts', `30 %, and 24 for one host every second, C ${C}`, {
      ...{ hosts: 8, total: 8, choose: evenly(8), connect, service, rate: 0.24 },
      bursts: every(1000, 19).map(({ nth, at }) => ({ at: at - 500, requests: 24, host: nth % 8 })),
    }),
    load('bursts', `500 over 20 hosts every 2 s, total 50, C ${C}`, {
      ...{ hosts: 20, total: 50, choose: evenly(20), connect, service },
      bursts: every(2000, 9).map(({ at }) => ({ at: at - 1000, requests: 500 })),
    }),
    load('slow host', `one of 8 hosts 20 times slower from 10 s, total 16, C ${C}`, {
      ...{ ...eight, total: 16, callers: 32 },
      service: (host, random, now) => 10 * random.between(0.5, 1.5) * (host === 0 && now > 10_000 ? 20 : 1),
    }),
    load('dead host', `connects of one of 8 hang from 5 s, timeout 1 s, total 16, 60 %, C ${C}`, {
      ...{ hosts: 8, total: 16, service, rate: 0.96, config: { connectTimeout: '1s', keepAliveExpiry: '1s' } },
      choose: (_caller, _nth, random) => (random.chance(0.05) ? 0 : 1 + Math.floor(random.next() * 7)),
      connect: (host, _random, now) => (host === 0 && now > 5000 ? Number.POSITIVE_INFINITY : C),
    }),
    load('host caps', `10 hosts, 2 hot, total 20, 6 per host, C ${C}`, {
      ...{ ...shapes['10 hosts, 2 hot'], connect, service },
      config: { maxConnectionsPerHost: 6 },
    }),
    load('host caps', `50 hosts, total 20, 2 per host, C ${C}`, {
      ...{ ...shapes['50 hosts'], callers: 40, connect, service },
      config: { maxConnectionsPerHost: 2 },
    }),
    load('moving', `4 of 16 hosts at a time, the next 4 every 5 s, total 16, C ${C}`, {
      ...{ hosts: 16, total: 16, callers: 32, connect, service },
      choose: (_caller, _nth, random, now) => 4 * (phase(now) % 4) + Math.floor(random.next() * 4),
    }),
    load('moving', `the hot one of 10 hosts changes every 5 s, total 20, C ${C}`, {
      ...{ hosts: 10, total: 20, callers: 40, connect, service },
      choose: (_caller, _nth, random, now) => (random.chance(0.7) ? phase(now) % 10 : Math.floor(random.next() * 10)),
    }),
    load('cold', `8 hosts, the first second, C ${C}`, { ...eight, duration: 1000 }),
    load('cold', `100 hosts, Zipf, the first second, C ${C}`, {
      ...{ ...shapes['100 hosts, Zipf'], connect, service, duration: 1000 },
    }),
    load('crowd', `3,000 hosts, total 50, 200 callers, C ${C}`, {
      ...{ hosts: 3000, total: 50, callers: 200, choose: evenly(3000), connect, service },
    }),
    load('crowd', `3,000 hosts, one has 70 %, total 50, 200 callers, C ${C}`, {
      ...{ hosts: 3000, total: 50, callers: 200, choose: skewed(3000, 1, 0.7), connect, service },
    }),
    load('crowd', `a new host every 100 ms beside 4 that keep all busy, total 8, C ${C}`, {
      ...{ hosts: 400, total: 8, callers: 40, choose: evenly(4), connect, service },
      bursts: every(100, 190).map(({ nth, at }) => ({ at, requests: 1, host: 4 + nth })),
    }),
    load('stuck', `one of 8 hosts takes 5 s now and then, C ${C}`, {
      ...eight,
      service: (host, random) => (host === 0 && random.chance(0.01) ? 5000 : 10 * random.between(0.5, 1.5)),
    }),
    ...[8, 12].map((total) =>
      load('one busy', `12 callers to one of 8 hosts, one who rests to each other one, total ${total}, C ${C}`, {
        ...{ hosts: 8, total, callers: 19, connect, service: around(20) },
        choose: (caller) => Math.max(0, caller - 11),
        think: (caller) => (caller < 12 ? 0 : 30),
      }),
    ),
    load('seldom', `one of 2 hosts asked every 4 s beside one that is always waited for, total 2, C ${C}`, {
      ...{ hosts: 2, total: 2, callers: 2 + Math.round(C / 20), choose: () => 0, connect, service },
      bursts: every(4000, 4).map(({ at }) => ({ at: at - 3999, requests: 1, host: 1 })),
    }),
    load('seldom', `a burst of 1,000 for one of 3 hosts just behind a request to another, total 2, C ${C}`, {
      ...{ hosts: 3, total: 2, callers: 2, choose: () => 0, connect, service },
      bursts: [
        { at: 1000, requests: 8, host: 1 },
        { at: 1010, requests: 1, host: 2 },
        { at: 1011, requests: 1000, host: 1 },
      ],
    }),
    load('unlike', `near 1 ms and far hosts 300 ms, 8 hosts, service ${C} ms`, {
      ...{ ...eight, connect: (host: number) => (host % 2 === 1 ? 300 : 1), service: always(C) },
    }),
    load('unlike', `services of 1 and 50 ms, 8 hosts, total 16, C ${C}`, {
      ...{ ...eight, total: 16, callers: 32 },
      service: (host, random) => (host % 2 === 1 ? 50 : 1) * random.between(0.5, 1.5),
    }),
  ]
}

/** What a pool meets besides: identities, several clients, servers that close, dead connections, and callers that do not wait for long. */
export function hardships(): Load[] {
  return connects.flatMap((C) => {
    const common = { connect: always(C), service: around(10) }
    const eight = { ...shapes['8 hosts'], ...common }
    return [
      load('identities', `8 hosts, 2 identities each, total 16, C ${C}`, { ...eight, total: 16, callers: 24, lanes: 2 }),
      load('members', `2 clients on one budget, 8 hosts, total 16, C ${C}`, { ...eight, total: 16, callers: 24, members: 2 }),
      load('members', `2 clients on one budget, 1 host, total 4, 5 callers, C ${C}`, {
        ...{ hosts: 1, total: 4, callers: 5, choose: evenly(1), members: 2, ...common },
      }),
      load('closing servers', `8 hosts that close after 20 requests, C ${C}`, { ...eight, closesAfter: 20 }),
      load('retries', `8 hosts, 2 % of reused connections are dead, C ${C}`, { ...eight, stale: 0.02 }),
      load('refusing', `8 hosts, block: false, no overflow, C ${C}`, {
        ...{ ...eight, think: 10, config: { block: false, maxOverflow: 0 } },
      }),
      load('timeouts', `8 hosts, acquireTimeout 100 ms, C ${C}`, { ...eight, config: { acquireTimeout: 100 } }),
      load('timeouts', `10 hosts, 2 hot, acquireTimeout 200 ms, C ${C}`, {
        ...{ ...shapes['10 hosts, 2 hot'], ...common, config: { acquireTimeout: 200 } },
      }),
      load('timeouts', `50 hosts, acquireTimeout 400 ms, C ${C}`, {
        ...{ ...shapes['50 hosts'], ...common, config: { acquireTimeout: 400 } },
      }),
    ]
  })
}
