import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Link, List } from '../../src/pool/list.ts'
import { draws } from '../draws.ts'

const steps = fc.array(
  fc.record({
    do: fc.constantFrom('push' as const, 'insert' as const, 'leave' as const),
    link: fc.nat({ max: 9 }),
    before: fc.nat({ max: 9 }),
  }),
  { maxLength: 80 },
)

test('a list holds its links in the order of an array', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const list = new List<number>()
      const links = Array.from({ length: 10 }, (_, i) => new Link(i))
      const naive: number[] = []
      for (const { do: step, link: index, before } of steps) {
        const link = links[index] as Link<number>
        if (step === 'leave') {
          link.leave()
          if (naive.includes(index)) naive.splice(naive.indexOf(index), 1)
        } else if (link.list === null) {
          const next = step === 'insert' && naive.includes(before) ? before : null
          list.insertBefore(link, next === null ? null : (links[next] as Link<number>))
          naive.splice(next === null ? naive.length : naive.indexOf(next), 0, index)
        }
        expect([...list]).toEqual(naive)
        expect([list.size, list.first, list.last]).toEqual([naive.length, naive[0], naive.at(-1)])
        for (const other of links) expect(other.list === list).toBe(naive.includes(other.owner))
      }
    }),
    { numRuns: draws(300) },
  )
})

test('whoever is looked at may leave meanwhile', () => {
  const list = new List<number>()
  const links = Array.from({ length: 5 }, (_, i) => new Link(i))
  for (const link of links) list.push(link)
  const seen: number[] = []
  for (const owner of list) {
    seen.push(owner)
    links[owner]?.leave()
  }
  expect(seen).toEqual([0, 1, 2, 3, 4])
  expect([list.size, list.head, list.tail]).toEqual([0, null, null])
})

test('leaving twice leaves once', () => {
  const list = new List<number>()
  const link = new Link(1)
  list.push(link)
  link.leave()
  link.leave()
  expect(list.size).toBe(0)
})
