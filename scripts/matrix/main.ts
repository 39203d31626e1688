// Runs the conformance suite of the packed package on every supported Node with every supported client: npm run matrix -- --help
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { root } from '../root.ts'
import { type Cell, corners, longestFirst, only, planCells, titleOf } from './cells.ts'
import { type Client, matrixClients } from './clients.ts'
import { failureLines, gridOf, refusalLine, terminalGrid } from './grid.ts'
import { install, removeOld } from './install.ts'
import { type Packed, packPackages } from './package.ts'
import { writePage } from './page.ts'
import { Progress } from './progress.ts'
import { enginesOf, type Published, versionsOf } from './registry.ts'
import { type CellResult, ResultStore } from './results.ts'
import { type Place, runCell } from './run-cell.ts'
import { testedNodes, testedVersions } from './versions.ts'

interface Options {
  readonly only: readonly string[]
  readonly corners: boolean
  readonly force: boolean
  readonly jobs: number
  readonly json: boolean
}

/** Lines of Node that are, or were lately, maintained. */
const lines = [20, 22, 24, 26]

const program = new Command('matrix')
  .description('Runs the conformance suite of the packed package on every supported Node with every supported client.')
  .option('--only <filter...>', 'only these Nodes and clients: 20, 22.19, got, got@14, fetch@8', [])
  .option('--corners', 'only the oldest Node with the oldest clients and the newest with the newest', false)
  .option('--force', 'run also what has passed before with this very package and these versions', false)
  .option('--jobs <count>', 'cells at one time', positive, 1)
  .option('--json', 'print the results as JSON', false)
  .parse()
const options = program.opts<Options>()

const cache = new URL('.cache/matrix/', root)
const outside = pathToFileURL(`${mkdtempSync(path.join(tmpdir(), 'polypool-matrix-'))}/`)
const progress = new Progress()
try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
} finally {
  progress.stop()
  rmSync(outside, { recursive: true, force: true })
}

async function main(): Promise<number> {
  progress.begin('asking the registry for versions')
  const all = await plan(matrixClients)
  progress.end('asking the registry for versions')
  const cells = only(options.corners ? corners(all) : all, options.only)
  progress.begin('packing')
  const packed = await packPackages(new URL('installs/', cache))
  progress.end('packing')
  removeOld(new URL('installs/', cache), packed.hash)

  const store = new ResultStore(new URL('results/', cache), packed.hash)
  const known = options.force ? [] : cells.map((cell) => store.read(cell)).filter((result) => result !== undefined)
  const missing = cells.filter((cell) => !known.some((result) => result.cell === cell))
  progress.say(`${cells.length} cells; ${known.length} have passed before with this package and these versions`)
  const fresh = await runAll(missing, packed, store)
  const results = cells.flatMap((cell) => [...known, ...fresh].filter((result) => result.cell === cell))

  progress.stop()
  if (options.json) console.log(JSON.stringify(results.map(plainly), null, 2))
  else report(results)
  if (cells.length === all.length) {
    writePage(matrixClients, results)
    console.error('written: docs/compatibility.md')
  } else console.error(`docs/compatibility.md is left as it is: these were ${cells.length} of ${all.length} cells`)
  return results.some(({ status }) => status === 'failed') ? 1 : 0
}

async function plan(clients: readonly Client[]): Promise<Cell[]> {
  const { engines } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { engines: { node: string } }
  const nodes = testedNodes(await versionsOf('node'), engines.node, lines)
  const registry: { [name: string]: Published } = {}
  for (const { peer } of clients) {
    if (peer === null || peer.name in registry) continue
    const versions = await versionsOf(peer.name)
    registry[peer.name] = { versions, engines: await enginesOf(peer.name, testedVersions(versions, peer)) }
  }
  return planCells({ clients, nodes, registry })
}

async function runAll(cells: readonly Cell[], packed: Packed, store: ResultStore): Promise<CellResult[]> {
  const queue = longestFirst(cells)
  const results: CellResult[] = []
  const worker = async () => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      const name = `Node ${cell.node}, ${titleOf(cell)}`
      progress.begin(name)
      const result = await runOne(cell, packed)
      store.write(result)
      results.push(result)
      progress.end(name, `${result.status.padEnd(7)} ${name}: ${summary(result)}  (${results.length} of ${cells.length})`)
    }
  }
  await Promise.all(Array.from({ length: options.jobs }, worker))
  return results
}

async function runOne(cell: Cell, packed: Packed): Promise<CellResult> {
  const start = performance.now()
  const seconds = () => Math.round((performance.now() - start) / 1000)
  try {
    const outcome = await runCell(cell, await placeFor(cell, packed))
    return { cell, ...outcome, seconds: seconds() }
  } catch (error) {
    const failures = [{ scenario: 'setting it up', error: error instanceof Error ? error.message : String(error) }]
    return { cell, status: 'failed', counts: { passed: 0, absent: 0, failed: 0 }, failures, seconds: seconds() }
  }
}

async function placeFor({ node, packages, kind }: Cell, packed: Packed): Promise<Place> {
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  const dependencies = { ...packages, ...packed.dependencies }
  // Within the project its own packages would be found where one is to be missing.
  const parent = kind === 'missing' ? outside : packed.folder
  const [home, installed] = await Promise.all([
    install(new URL('nodes/', cache), node, { node }),
    install(parent, names.sort().join('+') || 'no-client', dependencies, kind === 'other-version'),
  ])
  // By its own file: what lies in .bin is a script on Windows.
  const executable = process.platform === 'win32' ? 'node.exe' : 'node'
  return { node: new URL(`node_modules/node/bin/${executable}`, home), folder: installed }
}

function report(results: readonly CellResult[]): void {
  console.log(terminalGrid(gridOf(results)))
  for (const result of results) if (result.status === 'refused') console.log(refusalLine(result))
  const failed = results.filter(({ status }) => status === 'failed')
  for (const { cell, failures } of failed) {
    console.log(`\nfailed: ${titleOf(cell)} on Node ${cell.node}\n${failureLines(failures)}`)
  }
  console.log(`${results.length - failed.length} cells as they should be, ${failed.length} failed`)
}

function summary({ counts, refusal, failures, seconds }: CellResult): string {
  const { passed, absent, failed } = counts
  const what =
    refusal ?? failures.find(() => passed + failed === 0)?.error ?? `${passed} passed, ${absent} absent, ${failed} failed`
  return `${what.split('\n')[0]}, ${seconds} s`
}

/** A result without what the adapters declare. */
function plainly({ cell, ...outcome }: CellResult): object {
  const { client, ...rest } = cell
  return { client: client.name, ...rest, ...outcome }
}

function positive(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('it is a whole number from 1 on.')
  return count
}
