import { expect, test } from 'vitest'
import { Ledger } from '../../src/fleet/ledger.ts'
import type { FleetRound } from '../../src/fleet/types.ts'

const base = { ttl: 4000, maxConnections: 12, floor: 1, maxMembers: 2, floored: false, leaves: false }

/** A ledger that has nothing to learn, whose clock goes on between rounds. */
function asking() {
  const ledger = new Ledger(false)
  const rounds = new Map<string, number>()
  let now = 0
  return (member: string, passes: number, more: Partial<FleetRound>) => {
    now += passes
    const round = (rounds.get(member) ?? 0) + 1
    rounds.set(member, round)
    return ledger.exchange({ ...base, member, round, have: 0, want: 0, floored: round > 1, ...more }, now)
  }
}

test('who was forgotten, and says late what it still has, is given nothing that others have by then', () => {
  const ask = asking()
  expect(ask('one', 0, { want: 10 })?.grant).toBe(10)
  // Four seconds, and the leeway for a leap of the clock.
  for (let seconds = 0; seconds < 5; seconds++) ask('other', 1000, { want: 10 })
  expect(ask('other', 250, { want: 10 })?.grant).toBe(10)
  expect(ask('one', 250, { have: 10, want: 10, floored: true })).toMatchObject({ grant: 0, free: 0 })
})
