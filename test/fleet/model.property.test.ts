import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draws } from '../draws.ts'
import { Model } from './model/model.ts'
import { type Fault, kinds, type World } from './model/world.ts'

const seed = process.env.FUZZ_SEED === undefined ? {} : { seed: Number(process.env.FUZZ_SEED) }

const faults = (of: readonly Fault['kind'][], maxLength: number): fc.Arbitrary<Fault[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...of), who: fc.nat(7), amount: fc.nat(1000), wait: fc.nat(1200) }), {
    ...{ minLength: 5, maxLength, size: 'max' },
  })

// In the second the script's leeway for jumps of its clock is small beside what requests and frozen processes may take.
const times = [
  { ttl: 3000, margin: 1000, longest: 900, frozen: 900 },
  { ttl: 6000, margin: 3500, longest: 3400, frozen: 3400 },
]

const worlds: fc.Arbitrary<World> = fc
  .record({
    maxMembers: fc.integer({ min: 1, max: 6 }),
    floor: fc.nat(2),
    leased: fc.nat(20),
    cuts: fc.boolean(),
    time: fc.constantFrom(...times),
    extra: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(10) }),
    without: fc.nat(2 ** kinds.length - 1),
    crowd: fc.oneof({ weight: 7, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
  })
  .map(({ maxMembers, floor, leased, cuts, time: { longest, ...time }, ...more }) => ({
    ...{ maxConnections: Math.max(1, floor * maxMembers + leased), maxMembers, floor, ...time, ...more },
    ...(cuts ? { onLost: 'cut', longest: 60_000 } : { onLost: 'drain', longest }),
  }))

async function play(world: World, steps: readonly Fault[], from: number): Promise<void> {
  const model = new Model(world, from)
  const trail: string[] = []
  const most = world.maxConnections + world.extra
  const check = () => {
    if (model.open <= most) return
    const members = model.processes.map(({ open, stats, frozenUntil }) => JSON.stringify({ open, ...stats, frozenUntil }))
    throw new Error(`${model.open} open of ${most} at ${model.now}:\n${members.join('\n')}\n${trail.slice(-12).join('\n')}`)
  }
  for (let member = 0; member < world.maxMembers + world.crowd; member++) model.join()
  await model.pass(500, check)
  for (const step of steps) {
    trail.push(`${model.now} ${step.kind} ${step.who} ${step.amount}`)
    await model.pass(step.wait + model.meet(step), check)
  }
  // All faults are over, and everybody wants everything.
  model.meet({ kind: 'heal', who: 0, amount: 0, wait: 0 })
  model.join()
  model.meet({ kind: 'all busy', who: 0, amount: 0, wait: 0 })
  if (world.onLost === 'cut') return model.pass(2 * world.ttl, check)
  let since = Number.POSITIVE_INFINITY
  const isSettled = () => {
    since = isShared(model) ? Math.min(since, model.now) : Number.POSITIVE_INFINITY
    return model.now - since >= 1000
  }
  await model.pass(6 * world.ttl, check, isSettled)
  expect(isSettled(), `${model.processes.map(({ open }) => open)}\n${trail.join('\n')}`).toBe(true)
}

/** Whether all of the budget is used but for the floors of those that are not there, each having the same. */
function isShared({ world, processes, open }: Model): boolean {
  if (processes.length === 0) return true
  const least = Math.min(...processes.map(({ budget }) => budget))
  const budget = least - world.floor * Math.max(0, world.maxMembers - processes.length)
  if (budget < processes.length) return true
  const each = processes.map((one) => one.open)
  return open === budget && (world.crowd > 0 || Math.max(...each) - Math.min(...each) <= 1)
}

const seeds = fc.integer()

test('never more than the budget is open, whatever stores, networks and processes do; and afterwards all of it is used, in equal shares', async () => {
  await fc.assert(fc.asyncProperty(worlds, faults(kinds, 40), seeds, play), { numRuns: draws(700), ...seed })
})

test('nor at the end of a lease, and with answers that come late, where nothing else hides it', async () => {
  const edges = faults(['edge', 'edge', 'late answer', 'kill', 'join'], 12)
  const undisturbed = worlds.map((world) => ({ ...world, crowd: 0, without: 0 }))
  await fc.assert(fc.asyncProperty(undisturbed, edges, seeds, play), { numRuns: draws(300), ...seed })
})
