import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ruleNames, rules } from '../../../src/commands/audit/rules.ts'
import { findings } from '../../reading/javascript/helpers.ts'

/** Sources of our own, each with one kind of code: what is to be found stands behind `//!` on its line, and in `fine` is nothing to be found. */
const folder = new URL('corpus/', import.meta.url)

interface Judged {
  readonly wanted: readonly string[]
  readonly found: readonly string[]
}

function judge(file: string): Judged {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const [, undici] = /^\/\/! undici (\d+)/.exec(text) ?? []
  const lines = text.split('\n')
  // Marks are left out of what is read: comments of the audit would have them in their reasons.
  const unmarked = lines.map((line) => line.replace(/\s*\/\/!.*$/, '')).join('\n')
  return {
    wanted: lines.flatMap((line, index) =>
      (/\/\/! (?!undici)(.*)$/.exec(line)?.[1] ?? '')
        .split(' ')
        .filter(Boolean)
        .map((rule) => `${file}:${index + 1} ${rule}`),
    ),
    found: findings(unmarked, undici === undefined ? {} : { undici: Number(undici) }, file).map(
      ({ line, rule }) => `${file}:${line} ${rule}`,
    ),
  }
}

const judged = ['found', 'fine'].flatMap((kind) => readdirSync(new URL(kind, folder)).map((name) => judge(`${kind}/${name}`)))
const wanted = judged.flatMap((one) => one.wanted)
const found = judged.flatMap((one) => one.found)

/** Precision and recall of one rule, or of all. */
function score(rule?: string): { precision: number; recall: number; wanted: number } {
  const of = (places: readonly string[]) => places.filter((place) => rule === undefined || place.endsWith(` ${rule}`))
  const right = of(found).filter((place) => wanted.includes(place)).length
  const share = (whole: number) => (whole === 0 ? 1 : right / whole)
  return { precision: share(of(found).length), recall: share(of(wanted).length), wanted: of(wanted).length }
}

test('in the corpus everything is found that is to be found, and nothing else', () => {
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`
  const line = (name: string, rule?: string) => {
    const { precision, recall, wanted: count } = score(rule)
    return `${name.padEnd(20)} ${String(count).padStart(3)}  precision ${percent(precision)}  recall ${percent(recall)}`
  }
  console.log([`${judged.length} files`, ...ruleNames.map((rule) => line(rule, rule)), line('all')].join('\n'))
  expect({ missed: wanted.filter((one) => !found.includes(one)), wrong: found.filter((one) => !wanted.includes(one)) }).toEqual({
    missed: [],
    wrong: [],
  })
  expect(score()).toEqual({ precision: 1, recall: 1, wanted: wanted.length })
})

test('the corpus has every rule, and sources with nothing to be found', () => {
  for (const rule of ruleNames) expect(score(rule).wanted, rule).toBeGreaterThan(0)
  expect(judged.filter((one) => one.wanted.length === 0).length).toBeGreaterThan(20)
})

test.each(rules.map((rule) => ({ id: rule.id, rule })))(
  'the example of $id has the mistake, and its remedy has not',
  ({ id, rule }) => {
    const { bad, good, versions } = rule.example
    expect(findings(bad, versions).map((one) => one.rule)).toContain(id)
    expect(findings(good, versions).map((one) => one.rule)).not.toContain(id)
  },
)
