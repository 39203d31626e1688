import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draws } from '../draws.ts'
import { type Fault, kinds, Model, type World } from './model.ts'

const seed = process.env.FUZZ_SEED === undefined ? {} : { seed: Number(process.env.FUZZ_SEED) }

const faults: fc.Arbitrary<Fault[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    who: fc.nat(7),
    amount: fc.nat(1000),
    wait: fc.nat(1200),
  }),
  { minLength: 10, maxLength: 60, size: 'max' },
)

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
  })
  .map(({ maxMembers, floor, leased, cuts, time: { longest, ...time } }) => ({
    ...{ maxConnections: Math.max(1, floor * maxMembers + leased), maxMembers, floor, ...time },
    ...(cuts ? { onLost: 'cut', longest: 60_000 } : { onLost: 'drain', longest }),
  }))

async function play(world: World, steps: readonly Fault[], from: number): Promise<void> {
  const model = new Model(world, from)
  const trail: string[] = []
  const check = () => {
    if (model.open <= world.maxConnections) return
    const members = model.processes.map(({ open, stats, frozenUntil }) => JSON.stringify({ open, ...stats, frozenUntil }))
    throw new Error(
      `${model.open} open of ${world.maxConnections} at ${model.now}:\n${members.join('\n')}\n${trail.slice(-12).join('\n')}`,
    )
  }
  for (let member = 0; member < world.maxMembers; member++) model.join()
  await model.pass(500, check)
  for (const step of steps) {
    trail.push(`${model.now} ${step.kind} ${step.who} ${step.amount}`)
    model.meet(step)
    await model.pass(step.wait, check)
  }
  // All faults are over, and everybody wants everything.
  model.meet({ kind: 'heal', who: 0, amount: 0, wait: 0 })
  await model.pass(2 * world.ttl, check)
  model.join()
  model.meet({ kind: 'all busy', who: 0, amount: 0, wait: 0 })
  if (world.onLost === 'cut') return
  await model.pass(4 * world.ttl, check)
  const open = model.processes.map((one) => one.open).filter((count) => count > 0)
  const budget = world.maxConnections - world.floor * (world.maxMembers - model.processes.length)
  if (budget >= model.processes.length) {
    expect(model.open, trail.join('\n')).toBe(budget)
    expect(Math.max(...open) - Math.min(...open), trail.join('\n')).toBeLessThanOrEqual(1)
  }
}

test('never more than the budget is open, whatever stores, networks and processes do; and afterwards all of it is used, in equal shares', async () => {
  await fc.assert(fc.asyncProperty(worlds, faults, fc.integer(), play), { numRuns: draws(1500), ...seed })
})
