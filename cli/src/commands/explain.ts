import type { Command } from 'commander'
import { type Note, parsePoolConfig } from 'polypool'
import { adviceOf, type ClientName, clientNames, clients, commandLine, literal, shortfallsOf } from 'polypool/internal'
import { clientNamed } from '../clients.ts'
import { loadedCode, nativeCode, pooledCode } from '../code.ts'
import { type Io, Misuse } from '../io.ts'
import { colorsFor, examples, printable, table, toJson } from '../output.ts'
import { readable, withoutPasswords, written } from '../reading/shared/written.ts'
import { explainSdk, isSdk, sdkArgument } from './explain/sdk.ts'
import { type Deployment, type DeploymentOptions, deploymentOf, deploymentOptions } from './shared/deployment.ts'
import { fileName, poolNamed, readConfig } from './shared/load-config.ts'
import { checkedUrls, routesOf, routesTable, type ShownRoute } from './shared/routes.ts'
import { type Seen, seenOf, seenTable } from './shared/seen.ts'

interface Options extends DeploymentOptions {
  readonly pool: string
  readonly config?: string
  readonly url?: readonly string[]
  readonly json?: boolean
}

export function registerExplain(program: Command, io: Io): void {
  const command = program
    .command('explain')
    .description(
      "Shows what a pool's config means for one client: the native settings, the code to paste with polypool and without, and what native settings alone would not hold. Of an SDK: the lines that put it on a pool, what holds then, and the trap.",
    )
    .argument('<client>', `${clientNames.join(', ')}; or sdk:<name>`)
    .option('--pool <name>', 'pool of the config file', 'default')
    .option('--config <file>', 'config file; without it, the nearest one, or the defaults')
    .option('--url <url...>', 'say by which way these are reached, directly or through which proxy')
    .action((client: string, options: Options) =>
      isSdk(client) ? explainSdk(client, command, io) : explain(client, options, io),
    )
  deploymentOptions(command)
  examples(command, [
    [`${commandLine} explain axios`, 'the default pool'],
    [`${commandLine} explain undici --pool payments`, 'another one'],
    [`${commandLine} explain got --config limits.toml --json`, 'for programs'],
    [`${commandLine} explain axios --url https://api.example.com`, 'whether that host is behind a proxy'],
    [`${commandLine} explain axios --replicas 3 --workers 4`, 'what servers see of all processes'],
    [`${commandLine} explain sdk:stripe`, 'an SDK'],
  ])
}

/** Everything that is to be told about one client and one pool. */
interface Explanation {
  readonly client: ClientName
  readonly pool: string
  /** As messages name it; null if there is none and the defaults hold. */
  readonly file: string | null
  readonly config: object
  readonly settings: unknown
  readonly withPolypool: string
  readonly withoutPolypool: string
  /** What native settings do not hold. */
  readonly lost: readonly Note[]
  /** What polypool does not hold in full either. */
  readonly approximated: readonly Note[]
  readonly advice: readonly Note[]
  /** By which way hosts are reached, where a proxy is on any. */
  readonly routes: readonly ShownRoute[]
  /** What servers see of all processes, where there are several. */
  readonly seen: readonly Seen[]
}

async function explain(name: string, options: Options, io: Io): Promise<void> {
  const sdk = sdkArgument(name)
  if (sdk !== undefined) throw new Misuse(`${JSON.stringify(name)} is an SDK: ${commandLine} explain ${sdk}`)
  const client = clientNamed(name)
  const { file, pools, processes } = await readConfig(io, options.config)
  const { explicit } = poolNamed(pools, options.pool)
  const { support, translate } = clients[client]
  const parsed = parsePoolConfig(explicit)
  const { settings: translated, notes } = translate(withoutPasswords(explicit))
  const settings = readable(translated)
  const config = written(explicit)
  const deployment = deploymentOf(options, processes.count)
  const explanation: Explanation = {
    client,
    pool: options.pool,
    file: file === null ? null : fileName(file, io),
    config,
    settings,
    withPolypool: file === null ? pooledCode(client, config) : loadedCode(client, options.pool, options.config),
    withoutPolypool: nativeCode(client, settings),
    lost: notes,
    approximated: shortfallsOf(support, parsed),
    advice: adviceOf(support, parsed),
    routes: routesOf(parsed.config, checkedUrls(options.url), io, parsed.explicit.has('proxy')),
    seen: deployment === undefined ? [] : seenOf(parsed.config, deployment),
  }
  io.stdout(options.json ? toJson(explanation) : await textOf(explanation, deployment, io))
}

async function textOf(explanation: Explanation, deployment: Deployment | undefined, io: Io): Promise<string> {
  const { client, pool, file, settings, withPolypool, withoutPolypool, lost, approximated, advice, routes, seen } = explanation
  const { bold, dim } = colorsFor(io)
  const source = file === null ? 'no config file, so the defaults' : printable(file)
  const indent = (code: string) => code.replace(/^(?=.)/gm, '  ')
  const parts = [
    `${bold(client)}, pool ${bold(pool)} ${dim(`(${source})`)}\n`,
    section('Native settings, the nearest to this config', await settingsTable(settings, io)),
    section('With polypool', indent(withPolypool)),
    section('Without polypool', indent(withoutPolypool)),
    section('What native settings alone would not hold', await notesTable(lost, io)),
    section('What polypool itself does not hold in full here', await notesTable(approximated, io)),
    section('By which way hosts are reached', routes.length === 0 ? '' : await routesTable(routes, io)),
    section('Connections at most', deployment === undefined ? '' : await seenTable(seen, deployment, io)),
    section('Good to know', advice.map(({ field, message }) => `- ${field}: ${message}\n`).join('')),
  ]
  return parts.filter((part) => part !== '').join('\n')

  function section(title: string, content: string): string {
    return content === '' ? '' : `${bold(title)}\n${content}`
  }
}

async function notesTable(notes: readonly Note[], io: Io): Promise<string> {
  if (notes.length === 0) return ''
  const { red, yellow } = colorsFor(io)
  const paint = (support: Note['support']) => (support === 'unsupported' ? red(support) : yellow(support))
  const rows = notes.map(({ field, support, message }) => [field, paint(support), message])
  return table(io, [{ head: 'field' }, { head: 'support' }, { head: 'why', wrap: true }], rows)
}

async function settingsTable(settings: unknown, io: Io): Promise<string> {
  return table(
    io,
    [{ head: 'setting' }, { head: 'value' }],
    flat(settings).map(([name, value]) => [name, literal(value)]),
  )
}

/** Nested settings as `agent.http.maxSockets`; of two branches that are equal, as those for http and https, one line. */
function flat(value: unknown, prefix = ''): (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[prefix, value]]
  const branches = new Map<string, { names: string[]; part: unknown }>()
  for (const [name, part] of Object.entries(value)) {
    const nested = typeof part === 'object' && part !== null
    const key = nested ? literal(part) : name
    const known = branches.get(key)
    if (known) known.names.push(name)
    else branches.set(key, { names: [name], part })
  }
  return [...branches.values()].flatMap(({ names, part }) => {
    const joined = names.length > 1 ? `(${names.join(', ')})` : names.join('')
    return flat(part, prefix === '' ? joined : `${prefix}.${joined}`)
  })
}
