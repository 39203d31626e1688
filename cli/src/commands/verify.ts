import fs from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { type PoolConfig, parsePoolConfig } from 'polypool'
import { type ClientName, clientNames, clients, commandLine } from 'polypool/internal'
import { clientNamed } from '../clients.ts'
import { Findings, type Io, Misuse } from '../io.ts'
import { colorsFor, examples, toJson } from '../output.ts'
import { type Progress, progressOn } from '../progress.ts'
import { written } from '../reading/shared/written.ts'
import { type Report, reportPage } from '../report/page.ts'
import { reportText } from '../report/text.ts'
import { packageVersion } from '../version.ts'
import { fileName, poolNamed, readConfig } from './shared/load-config.ts'
import { importClientsFrom, installedClients } from './verify/installed.ts'

interface Options {
  readonly client?: readonly string[]
  readonly config?: string
  readonly pool: string
  readonly filter: string
  readonly html?: string
  readonly json?: boolean
}

export function registerVerify(program: Command, io: Io): void {
  const command = program
    .command('verify')
    .description(
      'Runs the conformance suite on the wire, against a local server and with the client versions that are installed in this project, and prints client × rule. Exit code 1 if a check fails. Takes about 20 s for each client.',
    )
    .option('--client <name...>', `only these: ${clientNames.join(', ')}`)
    .option('--config <file>', 'also put its limits under load, and check that they hold')
    .option('--pool <name>', 'pool of the config file', 'default')
    .option('--filter <text>', 'only scenarios whose name contains this', '')
    .option('--html <file>', 'write a page with the matrix and a timeline of connections for each client')
    .action((options: Options) => verify(options, io))
  examples(command, [
    [`${commandLine} verify`, 'every client that is installed'],
    [`${commandLine} verify --client axios got --filter caps/`, 'a part, in a few seconds'],
    [`${commandLine} verify --html report.html`, 'and a page to look at'],
    [`${commandLine} verify --config polypool.config.yaml --pool payments`, 'with limits of your own'],
  ])
}

async function verify(options: Options, io: Io): Promise<void> {
  const { found, missing } = chosen(options.client?.map(clientNamed), io)
  const limits = await limitsOf(options, io)
  const page = options.html === undefined ? null : await writable(options.html, io)
  await importClientsFrom(io.cwd)
  // Only now: whatever imports a client must come after.
  const { runSuite } = await import('./verify/suite.ts')
  const progress = progressOn(io)
  const suite = await runSuite({ installed: found, filter: options.filter, progress }).finally(() => progress.stop())
  const timelines = limits === null ? [] : await draw(found, limits.config, progress)
  const report: Report = {
    ...suite,
    polypool: packageVersion(),
    node: process.versions.node,
    date: new Date(),
    clients: found,
    timelines,
    config: limits === null ? {} : written(limits.config),
    configSource: limits?.source ?? '',
    maxConnections: limits === null ? 0 : parsePoolConfig(limits.config).config.maxConnections,
  }
  if (page !== null) await fs.writeFile(page, reportPage(report))
  io.stdout(options.json ? jsonOf(report, missing, page) : await reportText(report, missing, io))
  if (page !== null && !options.json) io.stdout(`\n${colorsFor(io).green('written:')} ${fileName(page, io)}\n`)
  if (suite.counts.failed > 0 || timelines.some(({ breaches }) => breaches.length > 0)) throw new Findings()
}

/** The clients to test, in the versions of the project. */
function chosen(wanted: readonly ClientName[] | undefined, io: Io) {
  const { found, missing } = installedClients(io.cwd)
  const absent = wanted?.find((client) => missing.includes(client))
  if (absent !== undefined) {
    const name = clients[absent].support.peer?.name
    const what = name === absent ? absent : `${name}, on which ${absent} runs,`
    throw new Misuse(`${what} is not installed here: npm install it first`, { client: absent })
  }
  return { found: found.filter(({ client }) => wanted?.includes(client) ?? true), missing: wanted === undefined ? missing : [] }
}

/** The limits to put under load: those of a file, or for a page some that make a clear picture. */
async function limitsOf({ config, pool, html }: Options, io: Io): Promise<{ config: PoolConfig; source: string } | null> {
  if (config !== undefined) {
    const { pools, file } = await readConfig(io, config)
    const { explicit } = poolNamed(pools, pool)
    return { config: explicit, source: `of pool ${pool} in ${file === null ? config : fileName(file, io)}` }
  }
  if (html === undefined) return null
  const { exampleConfig } = await import('./verify/example-config.ts')
  return { config: exampleConfig, source: 'of the example: small ones, so that each connection can be seen' }
}

/** The page's absolute path; told before minutes of work if it can't be written. */
async function writable(given: string, { cwd }: Io): Promise<string> {
  const file = path.resolve(cwd, given)
  const refuse = (reason: string): never => {
    throw new Misuse(`${given} can't be written: ${reason}`, { file: given })
  }
  const found = await fs.stat(file).catch(() => null)
  if (found?.isDirectory()) refuse('it is a directory')
  const place = found === null ? path.dirname(file) : file
  await fs.access(place, fs.constants.W_OK).catch(({ code }: NodeJS.ErrnoException) => {
    refuse(code === 'ENOENT' || code === 'ENOTDIR' ? 'its directory does not exist' : 'permission denied')
  })
  return file
}

async function draw(clients: Report['clients'], config: PoolConfig, progress: Progress): Promise<Report['timelines']> {
  const [{ timelineOf }, { loadClient }] = await Promise.all([
    import('./verify/workload.ts'),
    import('../conformance/catalog.ts'),
  ])
  const timelines: Report['timelines'][number][] = []
  for (const { client } of clients) {
    progress.part(`${client}: limits under load`)
    timelines.push(await timelineOf(await loadClient({ driver: client }), config))
  }
  progress.stop()
  return timelines
}

function jsonOf(report: Report, missing: readonly string[], page: string | null): string {
  const timelines = report.timelines.map(({ client, measured, breaches }) => ({ client, measured, breaches }))
  return toJson({ ...report, timelines, missing, html: page })
}
