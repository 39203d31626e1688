import { expect, test } from 'vitest'
import { FleetMember } from '../../src/fleet/member.ts'

const settings = { name: 'f', maxConnections: 12, floor: 1, maxMembers: 2, ttl: 4000, margin: 2000, onLost: 'drain' } as const
const answer = { grant: 8, free: 0, members: 2, floored: true, learning: false }

test('what it says that it has is all that it may open, though it is not open, or all that is open, though it may not be', () => {
  const member = new FleetMember('one', settings)
  const asked = (now: number, open: number, load: number) => member.ask(now, { open, load, most: 100 })
  asked(0, 0, 9)
  member.hear(100, answer)
  // Its connections have closed for a while, and it needs them again.
  expect(asked(200, 3, 9)).toMatchObject({ have: 8, want: 8 })
  expect(member.limitAt(200)).toBe(9)
  // What nobody needs is given back, before anybody hears of it.
  expect(asked(400, 3, 3)).toMatchObject({ want: 8 })
  expect(asked(600, 3, 3)).toMatchObject({ have: 2, want: 2 })
  expect(member.limitAt(600)).toBe(3)
  // The lease has ended, and requests have not.
  expect(asked(2100, 6, 6)).toMatchObject({ have: 5 })
  expect(member.limitAt(2100)).toBe(1)
})

test('a lease that has ended is not said to be had, though its end was not looked at', () => {
  const member = new FleetMember('one', settings)
  member.ask(0, { open: 0, load: 9, most: 100 })
  member.hear(100, answer)
  expect(member.ask(1999, { open: 3, load: 9, most: 100 })).toMatchObject({ have: 8, want: 8 })
  expect(member.ask(2000, { open: 3, load: 9, most: 100 })).toMatchObject({ have: 2, want: 8 })
})

test('what was needed between two rounds counts in the next two, though it has come and gone', () => {
  const member = new FleetMember('one', settings)
  const asked = (now: number, load: number) => member.ask(now, { open: 0, load, most: 6 }).want
  member.ask(0, { open: 0, load: 0, most: 6 })
  member.hear(0, answer)
  member.needs(5)
  member.needs(1)
  expect([asked(200, 2), asked(400, 2), asked(600, 2)]).toEqual([4, 4, 1])
  // More than its pool may have would not be used.
  expect(asked(800, 20)).toBe(5)
})
