import { expect, test } from 'vitest'
import { Ledger } from '../../src/fleet/ledger.ts'
import type { FleetRound } from '../../src/fleet/types.ts'

const base = { ttl: 4000, maxConnections: 12, floor: 1, maxMembers: 2, floored: false, leaves: false }

/** Asks a ledger whose clock goes on between rounds. */
function asking(ledger: Ledger) {
  const rounds = new Map<string, number>()
  let now = 0
  return (member: string, passes: number, more: Partial<FleetRound>, run = 'first') => {
    now += passes
    const round = (rounds.get(member) ?? 0) + 1
    rounds.set(member, round)
    return ledger.exchange({ ...base, member, round, have: 0, want: 0, floored: round > 1, ...more }, now, run)
  }
}

test('who was forgotten, and says late what it still has, is given nothing that others have by then', () => {
  const ask = asking(new Ledger(false))
  expect(ask('one', 0, { want: 10 })?.grant).toBe(10)
  // Four seconds, and the leeway for a leap of the clock.
  for (let seconds = 0; seconds < 5; seconds++) ask('other', 1000, { want: 10 })
  expect(ask('other', 250, { want: 10 })?.grant).toBe(10)
  expect(ask('one', 250, { have: 10, want: 10, floored: true })).toMatchObject({ grant: 0, free: 0 })
})

test('one that is empty, and one that another server goes on with, gives nobody more for a whole ttl, though its clock has leaped meanwhile', () => {
  const ask = asking(new Ledger())
  const learns = (run: string, held: number) => {
    expect(ask('one', 250, { floored: true, have: held, want: held }, run)).toMatchObject({ grant: held, learning: true })
    // Which counts as a second of its own.
    expect(ask('other', 60_000, { want: 12 }, run)).toMatchObject({ grant: 0, learning: true })
    for (let passed = 250; passed < base.ttl; passed += 250) {
      ask('one', 0, { have: held, want: held }, run)
      expect(ask('other', 250, { want: 12 }, run), `after ${passed} ms`).toMatchObject({ grant: 0, learning: true })
    }
    ask('one', 0, { have: held, want: held }, run)
    expect(ask('other', 250, { want: 12 }, run)).toMatchObject({ grant: 10 - held, learning: false })
    ask('other', 0, {}, run)
  }
  learns('first', 3)
  learns('second', 4)
})

test('an update that raises maxMembers takes no floor from those who have one', () => {
  const ask = asking(new Ledger(false))
  expect(ask('old', 0, {})).toMatchObject({ floored: true, free: 10 })
  for (const member of ['one', 'two', 'three']) ask(member, 0, { maxMembers: 4 })
  expect(ask('old', 0, {})).toMatchObject({ floored: true, members: 4, free: 8 })
  // Who comes next, and knows of no more than the old one does, finds no place.
  expect(ask('late', 0, {})).toMatchObject({ floored: false })
})

test('what is open within a floor is leased where the ledger gives none, and is not where it does, whatever its member believes', () => {
  const ask = asking(new Ledger())
  // One that has left, and joins again with what its floor has open.
  expect(ask('one', 0, { have: 1 })).toMatchObject({ grant: 0, floored: true, free: 10 })
  expect(ask('two', 0, { floored: true, have: 2 })).toMatchObject({ grant: 2, floored: true, free: 8 })
  expect(ask('late', 0, { floored: true, have: 2 })).toMatchObject({ grant: 3, floored: false, free: 5 })
})

test('an update that lowers maxConnections takes what is too much from who has it, though nobody is short', () => {
  const ask = asking(new Ledger(false))
  expect(ask('old', 0, { want: 10 })).toMatchObject({ grant: 10, free: 0 })
  ask('new', 0, { maxConnections: 8 })
  expect(ask('old', 250, { have: 10, want: 10 })).toMatchObject({ grant: 6, free: 0 })
})
