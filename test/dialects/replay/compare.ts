import { covers, type Engine, type Freedom, frees } from './difference.ts'
import { differences } from './differences.ts'
import { type Fact, holds, isTime, recorded, recordedFacts } from './facts.ts'
import { freedoms } from './freedoms.ts'
import { type Row, workloadOf } from './reference.ts'
import type { Replay } from './replay.ts'

/** Where a replay is neither what the library did, nor a declared difference, nor free: a sentence each. */
export function mismatches(row: Row, engine: Engine, { facts, leeway }: Replay): string[] {
  return Object.keys(recordedFacts(row)).flatMap((field) => {
    const actual = facts[field]
    const stated = differences.find((one) => covers(one, row, field, engine))?.wire[workloadOf(row)]?.[field]
    if (stated !== undefined) {
      if (holds(field, stated, actual, { ms: leeway })) return []
      return [`${field} is ${say(actual)}; the list of differences says ${say(stated)}`]
    }
    const free = freedoms.find((one) => frees(one, row, field, engine, leeway))
    if (free) {
      if (isWithin(actual, free.between, isTime(field) ? leeway : 0)) return []
      return [`${field} is ${say(actual)}, which is not within ${say(free.between)}`]
    }
    if (holds(field, recorded(row, field), actual, { ms: leeway })) return []
    return [`${field} is ${say(actual)}; the library had ${say(recorded(row, field))}`]
  })
}

function isWithin(actual: Fact | undefined, between: Freedom['between'], leeway: number): boolean {
  if (between === undefined) return true
  const numbers = Array.isArray(actual) ? actual : [actual]
  return numbers.every((one) => typeof one === 'number' && between[0] - leeway <= one && one <= between[1] + leeway)
}

function say(fact: unknown): string {
  return JSON.stringify(fact) ?? 'not there'
}
