import type { Command } from 'commander'
import type { Note } from 'polypool'
import type { DialectName, Placement, ReverseProxyName } from 'polypool/dialects'
import { commandLine, type ResolvedPool } from 'polypool/internal'
import { type Io, Misuse } from '../io.ts'
import { colorsFor, examples, printable, toJson } from '../output.ts'
import { dialectNames, dialectOf } from '../reading/python/dialects.ts'
import { readable, withoutPasswords, written } from '../reading/shared/written.ts'
import { dialectNamed } from './shared/dialects.ts'
import { fileName, poolNamed, readConfig } from './shared/load-config.ts'
import { knownReverseProxy, reverseProxyNames, writtenFor } from './shared/reverse-proxies.ts'
import { positiveOption } from './size/arguments.ts'

interface Options extends Partial<Placement> {
  readonly pool: string
  readonly config?: string
  readonly json?: boolean
}

export function registerExport(program: Command, io: Io): void {
  const command = program
    .command('export')
    .description(
      "Prints a pool's config for something else, and as comments what that can't express: the Python that makes it with one library, or the config of a proxy that holds its limits for many processes.",
    )
    .argument('<dialect>', `${dialectNames.join(', ')}; of proxies ${reverseProxyNames.join(', ')}`)
    .option('--pool <name>', 'pool of the config file', 'default')
    .option('--config <file>', 'config file; without it, the nearest one, or the defaults')
    .option('--upstream <url>', 'of a proxy: the server behind it, such as https://api.example.com')
    .option('--listen <host:port>', 'of a proxy: where it takes requests, such as 127.0.0.1:8080')
    .option('--version <version>', 'of a proxy: its version, such as 2.6')
    .option(
      '--replicas <n>',
      'of a proxy: how many of it there are, each of which holds its part (of Istio: pods that call the upstream)',
      positiveOption('--replicas', { whole: true }),
    )
    .action((dialect: string, options: Options) => exportPool(dialect, options, io))
  examples(command, [
    [`${commandLine} export httpx`, 'the default pool'],
    [`${commandLine} export aiohttp --pool payments > pool.py`, 'another one, as a file'],
    [`${commandLine} export urllib3 --config limits.toml --json`, 'for programs'],
    [`${commandLine} export haproxy --upstream https://api.example.com --listen 127.0.0.1:8080`, 'a proxy that holds the limit'],
    [
      `${commandLine} export istio --upstream http://orders.shop.svc.cluster.local --replicas 13`,
      'a limit for each of 13 sidecars',
    ],
  ])
}

/** What is printed, and what is told to programs besides. */
interface Exported {
  readonly code: string
  readonly remarks: readonly string[]
  readonly json: object
}

async function exportPool(name: string, options: Options, io: Io): Promise<void> {
  const dialect = dialectNamed(name, reverseProxyNames)
  const { file, pools } = await readConfig(io, options.config)
  const pool = poolNamed(pools, options.pool)
  const { code, remarks, json } = isProxy(dialect) ? forProxy(dialect, pool, options) : forLibrary(dialect, pool, options)
  if (options.json) {
    const source = file === null ? null : fileName(file, io)
    io.stdout(toJson({ dialect, pool: options.pool, file: source, ...json }))
    return
  }
  io.stdout(`${printable(code).trimEnd()}\n${comments(remarks, io)}`)
}

function isProxy(name: DialectName | ReverseProxyName): name is ReverseProxyName {
  return reverseProxyNames.some((known) => known === name)
}

/** One process's share, where the config is divided. */
function forLibrary(name: DialectName, { explicit }: ResolvedPool, options: Options): Exported {
  const given = (['upstream', 'listen', 'version', 'replicas'] as const).find((option) => options[option] !== undefined)
  if (given !== undefined) throw new Misuse(`--${given} is for a proxy: ${reverseProxyNames.join(', ')}`)
  const { settings, code, notes } = dialectOf(name).write(withoutPasswords(explicit))
  const remarks = notes.length === 0 ? [] : [`What ${name} can't express, or only in part:`, ...notes.map(remarkOf)]
  return { code, remarks, json: { config: written(explicit), settings: readable(settings), code, notes } }
}

/** The limits of all processes together. */
function forProxy(
  name: ReverseProxyName,
  { whole }: ResolvedPool,
  { upstream = '', listen, version, replicas }: Options,
): Exported {
  const proxy = knownReverseProxy(name)
  const { title, tried, changes } = proxy.support
  const { code, notes, facts } = writtenFor(proxy, withoutPasswords(whole), { upstream, listen, version, replicas })
  const remarks = [
    `What ${title} can't express, or only in part:`,
    ...notes.map(remarkOf),
    'What changes for those who call through it:',
    ...changes.map((change) => `- ${change}`),
    `This form was ${tried}.`,
  ]
  return { code, remarks, json: { config: written(whole), code, notes, changes, facts, tried } }
}

function remarkOf({ field, message }: Note): string {
  return `- ${message.startsWith(`${field}:`) ? '' : `${field}: `}${message}`
}

/** What is left to say, as comments: the output is a file as a whole. */
function comments(remarks: readonly string[], io: Io): string {
  if (remarks.length === 0) return ''
  const { dim } = colorsFor(io)
  return `\n${remarks.map((line) => `${dim(`# ${printable(line.replace(/\s+/g, ' '))}`)}\n`).join('')}`
}
