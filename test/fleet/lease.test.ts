import { expect, test } from 'vitest'
import type { FleetSettings } from '../../src/config/fleet.ts'
import { Lease, type LeaseEvents } from '../../src/fleet/lease.ts'
import type { FleetAnswer, FleetRound, FleetStore } from '../../src/fleet/types.ts'
import type { Ceiling, Core } from '../../src/pool/port.ts'

const settings: FleetSettings = {
  ...{ name: 'f', maxConnections: 12, floor: 1, maxMembers: 2, ttl: 20_000, margin: 10_000 },
  onLost: 'drain',
}
const answer: FleetAnswer = { grant: 8, free: 2, members: 2, floored: true, learning: false }

interface Question {
  readonly at: number
  readonly round: FleetRound
  answer(answer: FleetAnswer): void
}

/** A lease to the millisecond: its pool is figures, its clock goes on when the test says so, and so does its store answer. */
class Scene {
  open = 0
  load = 0
  ceiling: Ceiling | null = null
  readonly config = { maxConnections: 100, maxOverflow: 0 }
  readonly asked: Question[] = []
  /** What its owner was told, and when. */
  readonly told: (readonly [what: string, at: number, of: number])[] = []
  readonly lease: Lease
  #now = 0
  #alarm = { at: Number.POSITIVE_INFINITY, ring: () => {} }
  readonly clock = {
    now: () => this.#now,
    alarm: (ring: () => void) => {
      const alarm = { at: Number.POSITIVE_INFINITY, ring }
      this.#alarm = alarm
      return {
        set: (ms: number) => {
          alarm.at = this.#now + ms
        },
        clear: () => {
          alarm.at = Number.POSITIVE_INFINITY
        },
      }
    },
  }

  constructor(more: Partial<FleetSettings> = {}) {
    const store: FleetStore = {
      interval: 200,
      exchange: (_fleet, round) =>
        new Promise((resolve) => this.asked.push({ at: this.#now, round, answer: (given) => resolve(given) })),
    }
    const tell = (what: string) => (of: number) => void this.told.push([what, this.#now, of])
    const events: LeaseEvents = {
      ...{ heard: () => {}, left: () => {} },
      lost: (_fleet, silent) => tell('lost')(silent),
      overrun: tell('overrun'),
    }
    this.lease = new Lease(this as unknown as Core, { ...settings, ...more }, store, 'one', events)
  }

  reviewCeiling(): void {}

  cut(limit: number): void {
    this.told.push(['cut', this.#now, limit])
  }

  /** When it has asked. */
  get times(): number[] {
    return this.asked.map(({ at }) => at)
  }

  async answer(more: Partial<FleetAnswer> = {}): Promise<void> {
    this.asked.at(-1)?.answer({ ...answer, ...more })
    for (let turn = 0; turn < 4; turn++) await Promise.resolve()
  }

  /** Nothing happens until then, and its alarm is late. */
  sleep(end: number): void {
    this.#now = end
  }

  /** Until then, alarm by alarm. */
  until(end: number): void {
    while (this.#alarm.at <= end) {
      this.#now = Math.max(this.#now, this.#alarm.at)
      this.#alarm.at = Number.POSITIVE_INFINITY
      this.#alarm.ring()
    }
    this.#now = end
  }
}

test.each([
  { margin: 10_000, after: 1000 },
  { margin: 500, after: 500 },
])(
  'a store that nobody has heard counts as silent after $after ms where margin is $margin: the floor is its own then',
  ({ margin, after }) => {
    const scene = new Scene({ margin })
    scene.until(after - 1)
    expect(scene.lease.limit).toBe(0)
    scene.until(after)
    expect(scene.lease.limit).toBe(1)
  },
)

test('what is not answered is asked again after a second, a few times, and then seldom, until somebody is there', async () => {
  const scene = new Scene()
  scene.until(20_000)
  expect(scene.times).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 18_000])
  await scene.answer()
  scene.until(20_100)
  expect(scene.times.at(-1)).toBe(20_050)
})

test('an answer that comes when its lease would be over is none', async () => {
  const scene = new Scene()
  scene.load = 9
  await scene.answer({ learning: true })
  scene.until(200)
  expect([scene.lease.limit, scene.times.at(-1)]).toEqual([9, 200])
  // It stands still until then, and hears the answer before its own timers.
  scene.sleep(10_200)
  await scene.answer({ members: 7 })
  expect(scene.lease.limit).toBe(1)
  scene.until(10_200)
  expect(scene.lease.stats()).toMatchObject({ lease: 0, lost: 1, members: 2, learning: false })
})

test("its end is told to the millisecond, with 'cut' obeyed by then, and what is open when others may have it by now", async () => {
  const scene = new Scene({ margin: 9970, onLost: 'cut' })
  scene.load = scene.open = 9
  await scene.answer()
  scene.until(10_029)
  expect(scene.told).toEqual([])
  scene.until(20_029)
  expect(scene.told).toEqual([
    ['cut', 10_030, 1],
    ['lost', 10_030, 10_030],
  ])
  scene.open = 3
  scene.until(20_030)
  expect(scene.told.slice(2)).toEqual([['overrun', 20_030, 2]])
})

test('who hears its store again has overrun nothing', async () => {
  const scene = new Scene()
  scene.load = scene.open = 9
  await scene.answer()
  // By then it asks seldom.
  scene.until(18_250)
  await scene.answer()
  scene.until(20_200)
  expect(scene.told).toEqual([['lost', 10_000, 10_000]])
})

test('requests that were refused for want of room count as those that wait, until the next round', async () => {
  const scene = new Scene()
  await scene.answer()
  scene.load = 1
  for (let request = 0; request < 4; request++) scene.lease.missed(true)
  const wants: number[] = []
  for (const at of [200, 400, 600, 800, 1000]) {
    scene.until(at)
    await scene.answer()
    wants.push(scene.asked.at(-1)?.round.want ?? 0)
  }
  // The first has brought a round forward, and the others have come after it.
  expect(wants).toEqual([1, 3, 3, 0, 0])
})

test('requests that wait bring a round forward: three at once, and two a second, while there is anything to have', async () => {
  const scene = new Scene()
  await scene.answer()
  const wait = async (free: number) => {
    const before = scene.asked.length
    for (let request = 0; request < 6; request++) {
      scene.load += 5
      scene.lease.missed(false)
      await scene.answer({ free })
    }
    return scene.asked.length - before
  }
  expect(await wait(2)).toBe(3)
  // By then others have asked regularly.
  scene.until(500)
  await scene.answer({ free: 2 })
  expect(await wait(2)).toBe(1)
  scene.until(1000)
  await scene.answer({ free: 0 })
  expect(await wait(0)).toBe(0)
  // Nor while the last one is not answered.
  scene.until(2500)
  await scene.answer({ free: 2 })
  const before = scene.asked.length
  for (let request = 0; request < 3; request++) {
    scene.load += 5
    scene.lease.missed(false)
  }
  expect(scene.asked.length - before).toBe(1)
})

test('one that leaves has only its floor once it has said so, whatever is answered or is not, and goes when nothing else is open', async () => {
  const scene = new Scene()
  scene.load = 9
  await scene.answer()
  scene.open = 9
  let left = false
  void scene.lease.leave().then(() => {
    left = true
  })
  scene.until(200)
  expect([scene.lease.limit, scene.asked.at(-1)?.round]).toMatchObject([1, { have: 8, want: 0, leaves: false }])
  await scene.answer()
  expect(scene.lease.limit).toBe(1)
  scene.open = 2
  scene.until(400)
  expect(scene.asked.at(-1)?.round).toMatchObject({ have: 1, want: 0, leaves: false })
  scene.open = 1
  scene.until(600)
  expect(scene.asked.at(-1)?.round).toMatchObject({ have: 0, want: 0, leaves: true })
  // The store is silent, which is waited for as long as for any answer.
  scene.until(1449)
  await Promise.resolve()
  expect(left).toBe(false)
  scene.until(1450)
  await Promise.resolve()
  expect(left).toBe(true)
  expect(scene.lease.stats()).toMatchObject({ lease: 0, want: 0, floor: 1, lost: 0 })
})
