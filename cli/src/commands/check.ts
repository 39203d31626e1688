import type { Command } from 'commander'
import type { ClientSupport, Origin, ResolvedPoolConfig } from 'polypool'
import {
  clientNames,
  clients,
  commandLine,
  counted,
  didYouMean,
  fieldNames,
  formatDefault,
  formatOrigin,
  formatValue,
  type ReadPools,
  type ResolvedPool,
  show,
} from 'polypool/internal'
import { clientNamed } from '../clients.ts'
import { Findings, type Io, Misuse } from '../io.ts'
import { colorsFor, examples, printable, table, toJson } from '../output.ts'
import { behindRisks } from './check/behind.ts'
import { fleetLines } from './check/fleet.ts'
import { dividedFleets, outgrown } from './check/outgrown.ts'
import { demandedBy, risksOfPools } from './check/pool-risks.ts'
import type { Risk } from './check/risks.ts'
import { legend, shortfalls, supportTable } from './check/support-table.ts'
import { type Deployment, type DeploymentOptions, deploymentOf, deploymentOptions } from './shared/deployment.ts'
import { descriptorLimit } from './shared/descriptors.ts'
import { fileName, poolNamed, readConfig } from './shared/load-config.ts'
import { reverseProxyNames } from './shared/reverse-proxies.ts'
import { checkedUrls, routesOf, routesTable, type ShownRoute } from './shared/routes.ts'
import { type Seen, seenOf, seenTable } from './shared/seen.ts'

interface Options extends DeploymentOptions {
  readonly pool?: string
  readonly client?: readonly string[]
  readonly url?: readonly string[]
  readonly behind?: string
  readonly holds?: string
  readonly upstream?: string
  readonly json?: boolean
}

export function registerCheck(program: Command, io: Io): void {
  const command = program
    .command('check')
    .description(
      'Validates a config file together with the environment, and prints what each pool amounts to and where each value comes from, how every client honours it, and what is risky about it. Exit code 1 if there are risks, 2 if the config can’t be used.',
    )
    .argument('[file]', 'config file; without it, the nearest one')
    .option('--pool <name>', 'only this pool')
    .option('--client <name...>', `only these clients: ${clientNames.join(', ')}`)
    .option('--url <url...>', 'say by which way these are reached, directly or through which proxy')
    .option('--behind <proxy>', `these processes reach their upstream through one of ${reverseProxyNames.join(', ')}`)
    .option('--holds <pool>', 'with --behind: the pool that the proxy was exported from (default: the pool itself)')
    .option('--upstream <url>', 'with --behind: the server behind the proxy, where hosts has limits of its own for it')
    .action((file: string | undefined, options: Options) => check(file, options, io))
  deploymentOptions(command)
  examples(command, [
    [`${commandLine} check`, 'the project’s config'],
    [`${commandLine} check limits.toml --pool payments`, 'one pool of another file'],
    [`${commandLine} check --client axios undici --json`, 'for programs'],
    [`${commandLine} check --url https://api.example.com`, 'whether that host is behind a proxy'],
    [`${commandLine} check --replicas 3 --workers 4`, 'what servers see of all processes, also in a rolling update'],
    [`${commandLine} check --behind haproxy --pool app --holds upstream`, 'whether a pool suits the proxy that it goes through'],
    [`POLYPOOL_MAX_CONNECTIONS=500 ${commandLine} check`, 'with what the environment overrides'],
  ])
}

/** All there is to tell, before it is told as text or as JSON. */
interface Outcome {
  readonly read: ReadPools
  readonly pools: readonly ResolvedPool[]
  readonly supports: readonly ClientSupport[]
  readonly risks: readonly Risk[]
  /** By pool. */
  readonly routes: ReadonlyMap<string, readonly ShownRoute[]>
  readonly deployment: Deployment | undefined
  /** By pool; nothing where only one process is known of. */
  readonly seen: ReadonlyMap<string, readonly Seen[]>
}

async function check(file: string | undefined, options: Options, io: Io): Promise<void> {
  const read = await readConfig(io, file)
  const all = [...read.pools.values()]
  if (read.file === null && all.every(({ settings }) => settings.size === 0)) {
    throw new Misuse(`there is no config file here or in a directory above: write one with ${commandLine} init, or name one`)
  }
  const pools = options.pool === undefined ? all : [poolNamed(read.pools, options.pool)]
  // By the name it is imported under: node-http, not node:http.
  const supports = (options.client?.map(clientNamed) ?? clientNames).map((client) => ({ ...clients[client].support, client }))
  const { count } = read.processes
  const deployment = deploymentOf(options, count)
  const risks = [
    ...risksOfPools(pools, supports, descriptorLimit(), options.client !== undefined),
    ...(deployment === undefined ? [] : outgrown(pools, count, deployment)),
    ...dividedFleets(pools, count),
    ...behindProxy(pools, read, options),
  ]
  const seen = new Map(pools.map(({ name, config }) => [name, deployment === undefined ? [] : seenOf(config, deployment)]))
  const urls = checkedUrls(options.url)
  const routes = new Map(pools.map(({ name, config, settings }) => [name, routesOf(config, urls, io, settings.has('proxy'))]))
  const outcome: Outcome = { read, pools, supports, risks, routes, deployment, seen }
  io.stdout(options.json ? jsonOf(outcome, io) : await textOf(outcome, io))
  if (risks.length > 0) throw new Findings()
}

/** Of every pool but the one that the proxy holds, unless it is the only one that was asked for. */
function behindProxy(pools: readonly ResolvedPool[], read: ReadPools, { behind, holds, upstream }: Options): Risk[] {
  if (behind === undefined) {
    const given = holds !== undefined ? '--holds' : upstream !== undefined ? '--upstream' : undefined
    if (given !== undefined) throw new Misuse(`${given} says something of a proxy: name it with --behind`)
    return []
  }
  const proxy = reverseProxyNames.find((name) => name === behind.toLowerCase())
  if (proxy === undefined) {
    const hint = didYouMean(behind, reverseProxyNames) ?? `use one of ${reverseProxyNames.join(', ')}`
    throw new Misuse(`--behind: there is no proxy ${show(behind)}: ${hint}`)
  }
  const held = holds === undefined ? undefined : poolNamed(read.pools, holds)
  const others = pools.filter((pool) => pools.length === 1 || pool !== held)
  return others.flatMap((pool) => behindRisks(pool, { proxy, held: held ?? pool, upstream }, read.processes.count))
}

function jsonOf({ read, pools, supports, risks, routes, seen, deployment }: Outcome, io: Io): string {
  return toJson({
    file: read.file,
    shadowed: read.shadowed,
    processes: { configured: read.processes.count, running: deployment?.processes ?? null, rolling: deployment?.rolling ?? null },
    pools: Object.fromEntries(
      pools.map((pool) => [pool.name, { ...poolJson(pool, io), routes: routes.get(pool.name), seen: seen.get(pool.name) }]),
    ),
    clients: Object.fromEntries(supports.map(({ client, ...support }) => [client, support])),
    risks,
  })
}

function poolJson({ config, settings, fleet, extends: chain }: ResolvedPool, { cwd }: Io): object {
  return {
    extends: chain,
    config,
    fleet: fleet?.settings ?? null,
    origins: Object.fromEntries([...settings].map(([path, { origin }]) => [path, originJson(origin, cwd)])),
  }
}

function originJson(origin: Origin, cwd: string): object {
  return { ...origin, text: formatOrigin(origin, 'pool' in origin ? origin.pool : '', cwd) }
}

async function textOf(outcome: Outcome, io: Io): Promise<string> {
  const { read, pools, supports } = outcome
  const { bold, dim, yellow } = colorsFor(io)
  const parts = [
    `${bold(read.file === null ? 'no config file: environment and defaults' : printable(fileName(read.file, io)))}\n`,
  ]
  for (const file of read.shadowed) parts.push(`${yellow('not read:')} ${printable(fileName(file, io))} lies beside it\n`)
  for (const pool of pools) {
    const chain = pool.extends.length > 0 ? dim(` extends ${pool.extends.join(', ')}`) : ''
    parts.push(`${bold(`Pool ${pool.name}`)}${chain}\n${await poolTable(pool, read.processes.count, io)}`)
    const fleet = fleetLines(pool).map((line) => `- ${printable(line)}\n`)
    if (fleet.length > 0) parts.push(`${bold(`The fleet of pool ${pool.name}`)}\n${fleet.join('')}`)
    const routes = outcome.routes.get(pool.name) ?? []
    if (routes.length > 0)
      parts.push(`${bold(`By which way pool ${pool.name} reaches its hosts`)}\n${await routesTable(routes, io)}`)
    const seen = outcome.seen.get(pool.name) ?? []
    if (outcome.deployment !== undefined && seen.length > 0)
      parts.push(`${bold(`Connections of pool ${pool.name} at most`)}\n${await seenTable(seen, outcome.deployment, io)}`)
  }
  parts.push(`${bold('What each client makes of it')}\n${await supportTable(supports, io)}${dim(legend)}\n`)
  const asked = new Set(pools.flatMap(demandedBy).map(({ field }) => field))
  const short = shortfalls(supports, asked).map(
    ({ field, clients, message }) => `- ${field} (${clients.join(', ')}): ${message}\n`,
  )
  if (short.length > 0) parts.push(`${bold('Where polypool itself falls short')}\n${short.join('')}`)
  parts.push(riskText(outcome, io))
  return parts.join('\n')
}

async function poolTable({ name, config, settings }: ResolvedPool, count: number, io: Io): Promise<string> {
  const { dim } = colorsFor(io)
  const plain = fieldNames.filter((field) => field !== 'hosts').map((field) => ({ path: field, field, value: config[field] }))
  const ofHosts = [...settings].flatMap(([path, { field, host, value }]) => (host === undefined ? [] : [{ path, field, value }]))
  const rows = [...plain, ...ofHosts].map(({ path, field, value }) => {
    const { origin, total = value } = settings.get(path) ?? {}
    const text = formatValue(field, value as ResolvedPoolConfig[typeof field])
    if (origin === undefined) return [path, dim(text), dim(`default${defaultReason(field)}`)]
    const from = `${formatOrigin(origin, name, io.cwd)}${total === value ? '' : `, ${total} ÷ ${count}${Number(total) % count === 0 ? '' : ` and ${Number(total) % count} left over`}`}`
    return [printable(path), text, printable(from)]
  })
  return table(io, [{ head: 'field' }, { head: 'value', align: 'right' }, { head: 'from' }], rows)
}

/** Where a default depends on another field. */
function defaultReason(field: (typeof fieldNames)[number]): string {
  return field === 'maxOverflow' || field === 'noProxy' ? ` (${formatDefault(field).replaceAll('`', '')})` : ''
}

function riskText({ risks, pools }: Outcome, io: Io): string {
  const { bold, green, yellow, dim } = colorsFor(io)
  if (risks.length === 0) return `${green('No risks found.')}\n`
  const several = pools.length > 1
  const lines = risks.map(({ pool, path, why, fix }) => {
    const where = printable(several ? `${pool}: ${path}` : path)
    return `- ${yellow(where)}: ${printable(why)}\n  ${dim('fix:')} ${printable(fix)}\n`
  })
  return `${bold(counted(risks.length, 'risk'))}\n${lines.join('')}`
}
