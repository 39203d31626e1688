import { covers, type Difference, frees } from '../../test/dialects/replay/difference.ts'
import { differences } from '../../test/dialects/replay/differences.ts'
import { isOther, isRange, labelOf, recorded, recordedFacts, type Stated } from '../../test/dialects/replay/facts.ts'
import { freedoms } from '../../test/dialects/replay/freedoms.ts'
import { type LibraryName, type Row, reference, scenarioOf, workloadOf } from '../../test/dialects/replay/reference.ts'

const file = 'docs/python-behaviour.md'

/** Columns: a library's drivers stand together. */
const libraries: { readonly [title: string]: readonly LibraryName[] } = {
  httpx: ['httpx', 'httpx-sync'],
  urllib3: ['urllib3'],
  requests: ['requests'],
  aiohttp: ['aiohttp'],
  pycurl: ['pycurl-multi', 'pycurl-easy'],
  SQLAlchemy: ['sqlalchemy'],
}

/** How pools that come from Python behave: where as the library did, where not, and what is left open. */
export function pythonBehaviourSections(): { file: string; name: string; content: string }[] {
  return [
    { file, name: 'scenarios', content: scenarioTable() },
    { file, name: 'differences', content: differenceTable() },
    { file, name: 'wire', content: wireTable() },
    { file, name: 'free', content: freedomTable() },
  ]
}

function scenarioTable(): string {
  const titles = Object.keys(libraries)
  const rows = workloads().map(([workload, sample]) => {
    const cells = Object.values(libraries).map((names) =>
      cell(reference.results.filter((row) => workloadOf(row) === workload && names.includes(row.library))),
    )
    return [workload, titleOf(sample), ...cells]
  })
  return table(['', 'workload', ...titles], rows)
}

function cell(rows: readonly Row[]): string {
  if (rows.length === 0) return '–'
  const numbers = differences.flatMap((one, index) => (rows.some((row) => shows(one, row)) ? [index + 1] : []))
  const letters = freedoms.flatMap((one, index) =>
    // What is free everywhere need not be said everywhere.
    one.workloads && rows.some((row) => Object.keys(recordedFacts(row)).some((field) => frees(one, row, field)))
      ? [letter(index)]
      : [],
  )
  const verdict = numbers.length > 0 ? `differs ${numbers.join(', ')}` : 'same'
  return letters.length > 0 ? `${verdict} (${letters.join(', ')} free)` : verdict
}

function differenceTable(): string {
  const rows = differences.map((one, index) => [
    String(index + 1),
    Object.keys(one.wire).join(', '),
    whose(one),
    one.library,
    one.polypool,
    one.reason,
  ])
  return table(['', 'where', 'library', 'it', 'polypool', 'why'], rows)
}

/** What the library, in all its rows, and polypool showed to the server. */
function wireTable(): string {
  const rows = differences.flatMap((one, index) =>
    Object.entries(one.wire).map(([workload, facts]) => {
      const seen = Object.entries(facts).map(([field, stated]) => {
        const found = reference.results.filter((row) => workloadOf(row) === workload && differs(one, row, field))
        const seenOf = [...new Set(found.map((row) => say(recorded(row, field))))]
        return `${labelOf(field)}: ${seenOf.join(' or ')} → ${say(stated)}`
      })
      return [String(index + 1), workload, seen.join('; ')]
    }),
  )
  return table(['', 'workload', 'recorded → polypool'], rows)
}

function freedomTable(): string {
  const rows = freedoms.map(({ workloads: where, except, engines, fields, whenLate, between, reason }, index) => [
    letter(index),
    where?.join(', ') ?? `all but ${except?.join(', ')}`,
    fields.map(labelOf).join('; '),
    between?.join(' to ') ?? '',
    [
      reason,
      ...(engines ? [`On ${engines.join(' and ')} only.`] : []),
      ...(whenLate ? ['Only while the machine is late.'] : []),
    ].join(' '),
  ])
  return table(['', 'where', 'what', 'within', 'why'], rows)
}

function workloads(): [string, Row][] {
  return [...new Map(reference.results.map((row) => [workloadOf(row), row]))]
}

function shows(one: Difference, row: Row): boolean {
  return Object.keys(one.wire[workloadOf(row)] ?? {}).some((field) => differs(one, row, field))
}

function differs(one: Difference, row: Row, field: string): boolean {
  const stated = one.wire[workloadOf(row)]?.[field]
  return stated !== undefined && covers(one, row, field) && isOther(row, field, stated)
}

function say(fact: Stated): string {
  if (isRange(fact)) return fact.between.join('–')
  if (typeof fact !== 'object' || fact === null) return String(fact)
  return fact.length === 0 ? 'none' : fact.map(Math.round).join('+')
}

function whose({ libraries: names, sets, engines }: Difference): string {
  const which = sets ? ` (${sets.join(', ')})` : ''
  return `${names.join(', ')}${which}${engines ? `; on ${engines.join(' and ')}` : ''}`
}

function letter(index: number): string {
  return String.fromCharCode(97 + index)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Where a workload was run with other settings besides, these too. */
function titleOf(row: Row): string {
  const { title } = scenarioOf(row)
  if (row.variant === 1) return title
  const parts = Object.values(row.nativeConfig).map((part) => (typeof part === 'object' && part !== null ? part : {}))
  // SQLAlchemy's settings stand by themselves.
  const settings = { ...(row.library === 'sqlalchemy' ? row.nativeConfig : Object.assign({}, ...parts)) }
  return `${title}; with ${Object.entries(settings)
    .map(([name, value]) => `\`${name}=${python(value)}\``)
    .join(', ')}`
}

function python(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)
}
