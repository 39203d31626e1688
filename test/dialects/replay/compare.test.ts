import { describe, expect, it } from 'vitest'
import { mismatches } from './compare.ts'
import { covers, engines, frees } from './difference.ts'
import { differences } from './differences.ts'
import { type Fact, isRange, recordedFacts } from './facts.ts'
import { freedoms } from './freedoms.ts'
import { type Row, reference, workloadOf } from './reference.ts'

const cases = engines.flatMap((engine) => reference.results.map((row) => ({ engine, row })))

/** The leeway of a replay on a machine with nothing else to do. */
const quiet = 50

/** What a replay must show. */
function expected(row: Row, engine: (typeof engines)[number]): { [field: string]: Fact } {
  const facts = { ...recordedFacts(row) }
  for (const one of differences)
    for (const [field, stated] of Object.entries(one.wire[workloadOf(row)] ?? {}))
      if (covers(one, row, field, engine)) facts[field] = isRange(stated) ? stated.between[0] : stated
  return facts
}

/** Another value than this, and than the other recordings of the same. */
function wrong(fact: Fact): Fact {
  if (typeof fact === 'number') return fact + 100
  if (typeof fact === 'boolean') return !fact
  if (typeof fact === 'string') return `${fact} and more`
  return fact === null ? 60 : [...fact, 1]
}

describe('the comparison', () => {
  it('accepts what a library did, and what is declared to be different', () => {
    const refused = cases.flatMap(({ row, engine }) => mismatches(row, engine, { facts: expected(row, engine), leeway: quiet }))
    expect(refused).toEqual([])
  })

  it('notices every field that is otherwise', () => {
    const missed = cases.flatMap(({ row, engine }) => {
      const facts = expected(row, engine)
      const fields = Object.keys(facts).filter((field) => !freedoms.some((one) => frees(one, row, field, engine, quiet)))
      return fields.filter((field) => {
        const off = { ...facts, [field]: wrong(facts[field] ?? null) }
        return mismatches(row, engine, { facts: off, leeway: quiet }).length !== 1
      })
    })
    expect(missed).toEqual([])
  })

  it('notices a time that is off by more than the leeway, and a field that is not there', () => {
    const row = reference.results.find(({ scenario, library }) => scenario === 'S19a' && library === 'sqlalchemy')
    if (!row) throw new Error('S19a was not recorded')
    const facts = expected(row, 'undici')
    const late = (errorAfterMs: number[]) => mismatches(row, 'undici', { facts: { ...facts, errorAfterMs }, leeway: 60 })
    expect(late([201, 230, 259])).toEqual([])
    expect(late([201, 230, 261])).toEqual([expect.stringContaining('errorAfterMs is [201,230,261]')])
    const { peakConnectionsTotal: _, ...rest } = facts
    expect(mismatches(row, 'undici', { facts: rest, leeway: 60 })).toEqual([
      'peakConnectionsTotal is not there; the library had 5',
    ])
  })

  it('bounds what is free within bounds', () => {
    const row = reference.results.find(({ scenario, library }) => scenario === 'S02' && library === 'httpx')
    if (!row) throw new Error('S02 was not recorded')
    const opened = (connectionsOpened: number) =>
      mismatches(row, 'undici', { facts: { ...expected(row, 'undici'), connectionsOpened }, leeway: quiet })
    expect(opened(6)).toEqual([])
    expect(opened(13)).toEqual(['connectionsOpened is 13, which is not within [4,12]'])
  })

  it('allows for a machine that was late, and then only', () => {
    const row = reference.results.find(({ scenario }) => scenario === 'S19d')
    if (!row) throw new Error('S19d was not recorded')
    const facts = { ...expected(row, 'undici'), connectionsOpened: 5 }
    expect(mismatches(row, 'undici', { facts, leeway: quiet })).toEqual(['connectionsOpened is 5; the library had 4'])
    expect(mismatches(row, 'undici', { facts, leeway: 300 })).toEqual([])
    expect(mismatches(row, 'undici', { facts: { ...facts, connectionsOpened: 3 }, leeway: 300 })).toHaveLength(1)
  })
})
