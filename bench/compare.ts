// polypool beside what people put in front of clients: `npm run bench:compare`, with `-- --write` for docs/benchmarks.json and what is drawn from it.
// `--only <text>` takes some of the subjects, `--cells`, `--rounds`, `--ms` and `--parts` shorten it.
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import ora from 'ora'
import { benchmarkPictures, benchmarkSections } from '../scripts/docs/benchmarks.ts'
import { root } from '../scripts/root.ts'
import { writeSection } from '../scripts/write-section.ts'
import { type Cell, cells } from './compare/cells.ts'
import { installPackages, versions } from './compare/packages.ts'
import { findPython, pythonMember } from './compare/python.ts'
import type { BySubject, Memory, Outcome, PromiseName, Results, Series, Verdict } from './compare/results.ts'
import { type Server, startServer } from './compare/server.ts'
import { nameOf, type Subject, subjects } from './compare/subjects.ts'
import { sectionsOf } from './compare/tables.ts'
import { nodeMember, takeTurns } from './compare/team.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    ms: { type: 'string', default: '300' },
    cells: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    parts: { type: 'string', default: 'cells,promises,memory,python' },
    write: { type: 'boolean', default: false },
  },
})
const [rounds, ms] = [Number(values.rounds), Number(values.ms)]
const turns = { rounds, ms, processes: 2 }
const asked = (part: string) => values.parts.split(',').includes(part)
const chosen = subjects.filter((subject) => nameOf(subject).includes(values.only))
const shown = cells.filter(({ id }) => values.cells === '' || values.cells.split(',').includes(id))

const spinner = ora('what is compared with').start()
const begun = performance.now()
const say = (what: string) => {
  spinner.text = `${Math.round((performance.now() - begun) / 1000)} s: ${what}`
  // A line where there is no terminal to turn on.
  if (!spinner.isSpinning || !process.stderr.isTTY) console.error(spinner.text)
}

await installPackages()
const load = loadavg()[0] ?? Number.NaN
const python = asked('python') ? findPython() : undefined
await using server = await startServer()

const results: Results = {
  machine: { cpu: cpus()[0]?.model ?? '?', cores: cpus().length, node: process.version.slice(1), load: Number(load.toFixed(1)) },
  server: server.name,
  rounds,
  roundMs: ms,
  versions: { ...versions(), ...python?.versions },
  cells: asked('cells') ? await measureCells(server) : {},
  promises: asked('promises') ? await countPromises() : {},
  memory: asked('memory') ? await measureMemory() : {},
  python: python === undefined ? {} : await measurePython(server),
}
spinner.stop()
console.log(Object.values(sectionsOf(results)).join('\n\n'))
console.log(`${Math.round((performance.now() - begun) / 1000)} s`)
if (values.write) {
  writeFileSync(new URL('docs/benchmarks.json', root), `${JSON.stringify(results)}\n`)
  for (const { file, name, content } of benchmarkSections()) writeSection(new URL(file, root), name, content)
  for (const { file, content } of benchmarkPictures()) writeFileSync(new URL(file, root), content)
}

async function measureCells({ ports }: Server): Promise<{ [cell: string]: BySubject<Outcome<Series>> }> {
  const measured: { [cell: string]: BySubject<Outcome<Series>> } = {}
  for (const cell of shown) {
    say(cell.title)
    const team = () =>
      chosen.filter((subject) => fits(subject, cell)).map((one) => nodeMember(nameOf(one), cell.id, ports[cell.scheme]))
    measured[cell.id] = await takeTurns(team, server, turns, cell.cold)
  }
  return measured
}

/** Limits of requests say nothing about connections that carry many at a time. */
function fits({ http2, manyHosts }: Subject, { scheme, hosts }: Cell): boolean {
  return (scheme !== 'h2' || http2) && (hosts === 1 || manyHosts)
}

async function askEach<T extends object>(what: string, question: object): Promise<BySubject<Outcome<T>>> {
  const answers: [string, Outcome<T>][] = []
  for (const name of chosen.map(nameOf)) {
    say(`${what}: ${name}`)
    const member = nodeMember(name, '', 0)
    answers.push([name, await member.ask<T>(question, 120_000)])
    await member.end()
  }
  return Object.fromEntries(answers)
}

function countPromises(): Promise<BySubject<Outcome<{ [promise in PromiseName]?: Verdict }>>> {
  return askEach('promises', { do: 'count' })
}

function measureMemory(): Promise<BySubject<Outcome<Memory>>> {
  return askEach('memory', { do: 'memory', connections: 1000, waiting: 20_000 })
}

async function measurePython({ ports }: Server): Promise<BySubject<Outcome<Series>>> {
  if (python === undefined) return {}
  say('Python')
  const cell = cells[0] as Cell
  const team = () => python.libraries.map((library) => pythonMember(python, library, cell, ports.http))
  return takeTurns(team, server, turns)
}
