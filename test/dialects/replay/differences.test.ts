import { describe, expect, it } from 'vitest'
import { covers, engines, frees } from './difference.ts'
import { differences } from './differences.ts'
import { isOther, recordedFacts } from './facts.ts'
import { freedoms } from './freedoms.ts'
import { reference, workloadOf } from './reference.ts'

const rows = reference.results

describe('the list of differences', () => {
  it('names nothing that no library did otherwise', () => {
    const dead = differences.flatMap((one) =>
      Object.entries(one.wire).flatMap(([workload, facts]) =>
        Object.entries(facts).flatMap(([field, stated]) => {
          const shown = rows.some((row) => workloadOf(row) === workload && covers(one, row, field) && isOther(row, field, stated))
          return shown ? [] : [`${workload} ${one.libraries.join('/')}: ${field}`]
        }),
      ),
    )
    expect(dead).toEqual([])
  })

  it('names no library that did the same', () => {
    const same = differences.flatMap((one) =>
      one.libraries.flatMap((library) =>
        (one.sets ?? [undefined]).flatMap((set) => {
          const shown = rows.some(
            (row) =>
              row.library === library &&
              (set === undefined || row.set === set) &&
              Object.entries(one.wire[workloadOf(row)] ?? {}).some(
                ([field, stated]) => covers(one, row, field) && isOther(row, field, stated),
              ),
          )
          return shown ? [] : [`${library} ${set ?? ''}: ${one.library}`]
        }),
      ),
    )
    expect(same).toEqual([])
  })

  it('has one answer for each', () => {
    const doubtful = rows.flatMap((row) =>
      Object.keys(recordedFacts(row)).flatMap((field) =>
        engines.flatMap((engine) => {
          const found = differences.filter((one) => covers(one, row, field, engine)).length
          const free = freedoms.some((one) => frees(one, row, field, engine)) ? 1 : 0
          return found + free > 1 ? [`${workloadOf(row)} ${row.library} ${row.set} ${field} ${engine}`] : []
        }),
      ),
    )
    expect(doubtful).toEqual([])
  })

  it('says for each what the library did, what polypool does, and why', () => {
    for (const { library, polypool, reason } of differences)
      for (const text of [library, polypool, reason]) expect(text.trim()).not.toBe('')
  })
})

describe('the list of freedoms', () => {
  it('frees only what was recorded', () => {
    const unknown = freedoms.flatMap((one) => {
      const parts = (one.workloads ?? ['']).flatMap((workload) => one.fields.map((field) => ({ workload, field })))
      return parts.filter(
        ({ workload, field }) =>
          !rows.some(
            (row) => (workload === '' || workloadOf(row) === workload) && frees(one, row, field) && field in recordedFacts(row),
          ),
      )
    })
    expect(unknown).toEqual([])
  })
})
