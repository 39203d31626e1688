import { expect, test } from 'vitest'
import type { FakeConnection } from './fake-entities.ts'
import { a, b, c, opened, type Started, start } from './start.ts'

// docs/when-the-total-is-full.md, line by line: what a host gets that has connections and asks for more. Connects take so long (ms):
const near = 2
const far = 100

/** Idle connections to those origins, whose connects have taken so long and whose first requests ten milliseconds. */
function together(engine: Started, connect: number, ...origins: string[]): FakeConnection[] {
  const connections = origins.map((origin) => engine.ask(origin).connection as FakeConnection)
  engine.advance(connect)
  for (const connection of connections) engine.connect(connection)
  engine.advance(10)
  for (const connection of connections) engine.release(connection)
  return connections
}

test('a host that has a connection asks for another when its queue takes longer than a connect there and back', () => {
  const engine = start({ maxConnections: 3 })
  const [, one, other] = together(engine, near, a, b, b) as [FakeConnection, FakeConnection, FakeConnection]
  engine.ask(a)
  expect([one.phase, other.phase]).toEqual(['idle', 'idle'])
  // It takes ten milliseconds, a connect there and back takes four.
  const queued = engine.ask(a)
  expect([one.phase, other.phase]).toEqual(['closing', 'idle'])
  engine.finishClosing()
  expect(queued.outcome).toBe('granted')
})

test('a host that has a connection waits for it when its queue is shorter than a connect there and back', () => {
  const engine = start({ maxConnections: 2 })
  const [ofA, ofB] = [opened(engine, a, far), opened(engine, b, far)]
  engine.advance(10)
  engine.release(ofA)
  engine.release(ofB)
  engine.ask(a)
  engine.ask(a)
  engine.advance(30)
  expect(ofB.phase).toBe('idle')
})

test('there and back is twice a connect, and one request more where nothing idles', () => {
  const engine = start({ maxConnections: 3 })
  const connect = 8
  const [, one] = together(engine, connect, a, b, b) as [FakeConnection, FakeConnection]
  for (const origin of [a, b, b]) engine.ask(origin)
  // Two that wait take twenty milliseconds: longer than there and back, and shorter than that and one request.
  engine.ask(a)
  engine.ask(a)
  engine.release(one)
  expect(one.phase).toBe('idle')
  // Now it idles.
  engine.advance(connect)
  expect(one.phase).toBe('closing')
})

test('a queue that takes longer than a connect, but not than one there and back, gets no other connection', () => {
  const engine = start({ maxConnections: 3 })
  const connect = 8
  const [, one, other] = together(engine, connect, a, b, b) as [FakeConnection, FakeConnection, FakeConnection]
  engine.ask(a)
  engine.ask(a)
  expect([one.phase, other.phase]).toEqual(['idle', 'idle'])
  engine.ask(a)
  expect([one.phase, other.phase]).toEqual(['closing', 'idle'])
})

test('to a host whose queue takes long, one that has two gives an idle one at once, however long its own requests take', () => {
  const engine = start({ maxConnections: 3 })
  const [, one, other] = together(engine, 20, a, b, b) as [FakeConnection, FakeConnection, FakeConnection]
  for (let answers = 0; answers < 100; answers++) one.lane.costs.addService(1000)
  engine.ask(b)
  for (let requests = 0; requests < 6; requests++) engine.ask(a)
  expect([one.phase, other.phase].toSorted()).toEqual(['busy', 'closing'])
})

test.each([
  // Requests take ten milliseconds.
  { connects: [20, 20], queue: 19, idles: 25 },
  { connects: [20, 20], queue: 17, idles: 30 },
  { connects: [20, 20], queue: 10, idles: 100 },
  { connects: [20, 20], queue: 5, idles: 150 },
  { connects: [40, 20], queue: 30, idles: 100 },
  { connects: [20, 40], queue: 30, idles: 100 },
] as const)(
  'the last connection goes to a queue once what it has idled and the queue takes make up ten of the longer connect, and not before 1.25: %j',
  ({ connects: [ofAsker, ofGiver], queue, idles }) => {
    const engine = start({ maxConnections: 2 })
    const [ofA] = together(engine, ofAsker, a) as [FakeConnection]
    const [ofB] = together(engine, ofGiver, b) as [FakeConnection]
    // So its connection does not hang.
    ofA.lane.movedAt = Number.POSITIVE_INFINITY
    for (let requests = 0; requests < 1 + queue; requests++) engine.ask(a)
    engine.advance(idles - 1)
    expect(ofB.phase).toBe('idle')
    // It is looked at every half of a connect.
    engine.advance(1 + Math.max(ofAsker, ofGiver) / 2)
    expect(ofB.phase).toBe('closing')
  },
)

test.each([
  { gap: Number.NaN, idles: 320, why: 'of which nothing is known' },
  { gap: 200, idles: 120, why: 'that is asked every ten connects' },
  { gap: 1000, idles: 25, why: 'that is hardly ever asked' },
])(
  'a short queue gets the last connection of a host $why once it and that are sixteen connects, and not before 1.25',
  ({ gap, idles }) => {
    const engine = start({ maxConnections: 2 })
    const connect = 20
    const [ofA, ofB] = together(engine, connect, a, b) as [FakeConnection, FakeConnection]
    ofA.lane.begunAt = engine.clock.now() - 4 * connect
    // So its connection does not hang.
    ofA.lane.movedAt = Number.POSITIVE_INFINITY
    ofB.lane.costs.gap = gap
    engine.ask(a)
    engine.ask(a)
    engine.advance(idles - 1)
    expect(ofB.phase).toBe('idle')
    // It is looked at every half of a connect.
    engine.advance(1 + connect / 2)
    expect(ofB.phase).toBe('closing')
  },
)

test.each([
  [far, far],
  [near, far],
  [far, near],
])(
  'what a host that has two has not needed for 1.25 times as long as a connect takes goes to one that is no busier: %d, %d ms',
  (one, other) => {
    const engine = start({ maxConnections: 3 })
    const [ofA] = together(engine, one, a) as [FakeConnection]
    const ofB = together(engine, other, b, b) as [FakeConnection, FakeConnection]
    ofA.lane.begunAt = engine.clock.now() - 4 * far
    ofA.lane.load = ofB[0].lane.load = 1
    // So its queue is a short one, and its connection does not hang.
    ofA.lane.movedAt = Number.POSITIVE_INFINITY
    for (let answers = 0; answers < 100; answers++) ofA.lane.costs.addService(0.1)
    engine.ask(a)
    engine.ask(a)
    engine.advance(1.2 * far)
    expect(ofB.map(({ phase }) => phase)).toEqual(['idle', 'idle'])
    engine.advance(0.07 * far)
    expect(ofB.map(({ phase }) => phase)).toEqual(['closing', 'idle'])
  },
)

test.each([
  { has: near, lacks: near, waits: 1, queue: 1, gets: a },
  { has: far, lacks: near, waits: 1, queue: 1, gets: b },
  { has: near, lacks: far, waits: 8, queue: 1, gets: b },
  { has: far, lacks: near, waits: 20, queue: 22, gets: a },
])(
  'of one that has a connection and one that has none the more urgent gets a place, unless it is for a share and takes longer: %j',
  (load) => {
    const engine = start({ maxConnections: 2 })
    engine.closed(opened(engine, b, load.lacks))
    const [ofA, ofC] = together(engine, load.has, a, c) as [FakeConnection, FakeConnection]
    engine.ask(a)
    engine.ask(c)
    ofA.lane.begunAt = engine.clock.now() - 4 * far
    for (let requests = 0; requests < load.queue; requests++) engine.ask(a)
    engine.ask(b)
    engine.advance(load.waits)
    engine.closed(ofC)
    expect(engine.phase('connecting').map(({ origin }) => origin)).toEqual([load.gets])
  },
)

test.each([
  [1.2, 'idle'],
  [1.3, 'closing'],
])('beside %f times as many requests to each connection of another host, an idle one is %s', (load, phase) => {
  const engine = start({ maxConnections: 3 })
  const [ofA, one, other] = together(engine, far, a, b, b) as [FakeConnection, FakeConnection, FakeConnection]
  engine.ask(a)
  engine.ask(b)
  // It is long since the host got its last one.
  ofA.lane.begunAt = engine.clock.now() - 4 * far
  ofA.lane.load = load
  one.lane.load = 1
  engine.ask(a)
  expect([one, other].map((connection) => connection.phase).filter((is) => is !== 'busy')).toEqual([phase])
})
