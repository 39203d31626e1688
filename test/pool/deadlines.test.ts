import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deadlines, type Timed } from '../../src/pool/deadlines.ts'
import { Link } from '../../src/pool/list.ts'
import { draws } from '../draws.ts'
import { FakeClock } from './fake-clock.ts'

/** Counts how often its age is looked at. */
class Entry implements Timed {
  static reads = 0
  readonly deadline: Link<Timed> = new Link<Timed>(this)
  readonly #since: number
  readonly #ring: (entry: Entry) => void

  constructor(since: number, ring: (entry: Entry) => void = () => {}) {
    this.#since = since
    this.#ring = ring
  }

  get since(): number {
    Entry.reads++
    return this.#since
  }

  due(): void {
    this.#ring(this)
  }
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        duration: fc.constantFrom(0, 5, 20, 100, Number.POSITIVE_INFINITY),
        age: fc.constant(0),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('add' as const), duration: fc.constantFrom(5, 20, 100), age: fc.nat({ max: 30 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), index: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 4, 20, 70) }) },
  ),
  { maxLength: 60 },
)

test('each deadline comes when it is due, once, unless it was deleted', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const clock = new FakeClock()
      const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
      const due = new Map<Entry, number>()
      const onDeadline = (entry: Entry) => {
        expect(clock.now()).toBeGreaterThanOrEqual(due.get(entry) as number)
        expect(due.delete(entry)).toBe(true)
      }
      for (const step of steps) {
        if (step.do === 'add') {
          const entry = new Entry(clock.now() - step.age, onDeadline)
          due.set(entry, entry.since + step.duration)
          deadlines.add(entry, step.duration)
        } else if (step.do === 'delete') {
          const entry = [...due.keys()][step.index % Math.max(1, due.size)]
          if (entry !== undefined) {
            deadlines.delete(entry)
            deadlines.delete(entry)
            due.delete(entry)
          }
        } else {
          clock.advance(step.ms)
          for (const at of due.values()) expect(at).toBeGreaterThan(clock.now())
        }
        const finite = [...due.values()].some((at) => at !== Number.POSITIVE_INFINITY)
        expect(clock.held || !finite).toBe(true)
        expect(due.size > 0 || !clock.held).toBe(true)
        expect(new Set(deadlines.entries())).toEqual(new Set(due.keys()))
      }
    }),
    { numRuns: draws(500) },
  )
})

test('an entry may be added, or another be deleted, while one falls due', () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
  const rung: string[] = []
  const second = new Entry(clock.now(), () => rung.push('second'))
  const first = new Entry(clock.now(), () => {
    rung.push('first')
    deadlines.delete(second)
    deadlines.add(new Entry(clock.now(), () => rung.push('third')), 10)
  })
  deadlines.add(first, 10)
  deadlines.add(second, 10)
  clock.advance(10)
  expect(rung).toEqual(['first'])
  clock.advance(10)
  expect(rung).toEqual(['first', 'third'])
})

test('who falls due is told after one more poll phase: what is deleted by then is not', () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
  const rung: string[] = []
  const [first, second] = ['first', 'second'].map((name) => new Entry(clock.now(), () => rung.push(name))) as [Entry, Entry]
  deadlines.add(first, 10)
  deadlines.add(second, 10)
  let polled = false
  clock.onPoll = () => {
    if (!polled) expect(rung).toEqual([])
    polled = true
    deadlines.delete(first)
  }
  clock.advance(10)
  expect(polled).toBe(true)
  expect(rung).toEqual(['second'])
})

test('who falls due while the event loop is busy has that time back, or some of it, once, and no more than its own', () => {
  for (const [duration, busy, longer] of [
    [300, 330, 30],
    [300, 380, 40],
    [300, 500, 200],
    [300, 3000, 300],
    [10, 400, 10],
    [300, 304, 0],
  ] as const) {
    const clock = new FakeClock()
    const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
    const rung: string[] = []
    deadlines.add(new Entry(clock.now(), () => rung.push('first')), duration)
    clock.skip(busy)
    clock.advance(0)
    deadlines.add(new Entry(clock.now(), () => rung.push('later')), 1000)
    if (longer > 0) {
      clock.advance(longer - 1)
      expect(rung).toEqual([])
      clock.skip(100)
    }
    clock.advance(0)
    expect(rung).toEqual(['first'])
    expect(clock.held).toBe(true)
  }
})

test('who comes after such a time, and meets another, has his own', () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
  const rung: string[] = []
  const late = new Entry(clock.now(), () => rung.push('late'))
  deadlines.add(late, 300)
  clock.skip(1000)
  clock.advance(0)
  deadlines.delete(late)
  deadlines.add(new Entry(clock.now(), () => rung.push('next')), 300)
  clock.skip(1000)
  clock.advance(299)
  expect(rung).toEqual([])
  clock.advance(1)
  expect(rung).toEqual(['next'])
})

test('who leaves in that time is not told, and leaves no grace to others', () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
  const rung: string[] = []
  const late = new Entry(clock.now(), () => rung.push('late'))
  deadlines.add(late, 300)
  deadlines.add(new Entry(clock.now(), () => rung.push('other')), 410)
  clock.skip(400)
  clock.advance(0)
  deadlines.delete(late)
  clock.advance(50)
  expect(rung).toEqual(['other'])
})

test('an alarm or a turn that never comes is asked for again by the next entry', () => {
  for (const lose of ['loseAlarms', 'loseTurns'] as const) {
    const clock = new FakeClock()
    const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
    const rung: string[] = []
    deadlines.add(new Entry(clock.now(), () => rung.push('old')), 10)
    if (lose === 'loseTurns') clock.onPoll = () => clock.loseTurns()
    else clock.loseAlarms()
    clock.advance(10)
    clock.onPoll = () => {}
    clock.skip(1000)
    deadlines.add(new Entry(clock.now(), () => rung.push('new')), 10)
    clock.advance(0)
    clock.runTurns()
    expect(rung).toEqual(['old'])
    clock.advance(10)
    expect(rung).toEqual(['old', 'new'])
  }
})

test('one alarm serves all: it is set once for as many entries as come in order', () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
  for (let i = 0; i < 1000; i++) {
    deadlines.add(new Entry(clock.now()), 30_000)
    clock.skip(1)
  }
  expect(clock.alarms).toHaveLength(1)
  expect(clock.alarms[0]?.sets).toBe(1)
})

/** Looks at entries to add and delete one of that age, among so many that came since. */
function cost(size: number, age: number): number {
  const clock = new FakeClock()
  const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
  for (let i = 0; i < size; i++) {
    deadlines.add(new Entry(clock.now()), 30_000)
    clock.skip(1)
  }
  Entry.reads = 0
  for (let i = 0; i < 100; i++) {
    const entry = new Entry(clock.now() - age)
    deadlines.add(entry, 30_000)
    deadlines.delete(entry)
  }
  return Entry.reads
}

test('an alarm looks at few entries, however many durations there are', () => {
  const looks = (durations: number) => {
    const clock = new FakeClock()
    const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
    for (let i = 0; i < durations; i++) deadlines.add(new Entry(clock.now()), 3000 + i)
    Entry.reads = 0
    clock.advance(3100)
    return Entry.reads
  }
  expect(looks(20_000)).toBeLessThan(1.5 * looks(1000))
})

test('durations that are not used again are forgotten', () => {
  const clock = new FakeClock()
  const deadlines = new Deadlines<Entry>(clock, (entry) => entry.due())
  for (let i = 0; i < 1000; i++) {
    const entry = new Entry(clock.now())
    deadlines.add(entry, 3000 + i)
    deadlines.delete(entry)
  }
  expect(deadlines.durations).toBeLessThan(20)
})

test('adding and deleting look at few entries, however many there are: new ones, and retried ones older than most or than half', () => {
  expect(cost(100_000, 0)).toBe(cost(1000, 0))
  expect(cost(100_000, 90_000)).toBe(cost(1000, 900))
  expect(cost(100_000, 50_000)).toBe(cost(1000, 500))
})
