import type { Command } from 'commander'
import { commandLine, formatDuration } from 'polypool/internal'
import { Findings, type Io, Misuse } from '../io.ts'
import { colorsFor, examples, table, toJson } from '../output.ts'
import { type DeploymentOptions, deploymentOf, deploymentOptions } from './shared/deployment.ts'
import { descriptorLimit, reserve } from './shared/descriptors.ts'
import { durationOption, positiveOption } from './size/arguments.ts'
import { type Load, type Sizing, sizeFor } from './size/sizing.ts'

interface Options extends DeploymentOptions {
  readonly concurrency?: number
  readonly rps?: number
  readonly latency?: number
  readonly p99?: number
  readonly connect?: number
  readonly instances?: number
  readonly json?: boolean
}

export function registerSize(program: Command, io: Io): void {
  const command = program
    .command('size')
    .description(
      "Recommends limits for a load by Little's law with 20 % headroom, says how many requests would wait, and explains each number.",
    )
    .option('--concurrency <n>', 'requests in flight at one time, of all instances', positiveOption('--concurrency'))
    .option('--rps <n>', 'requests per second, of all instances', positiveOption('--rps'))
    .option('--latency <time>', 'mean time of one request, slow ones included, e.g. 50ms', durationOption('--latency'))
    .option('--p99 <time>', 'time within which 99 % of requests are done', durationOption('--p99'))
    .option(
      '--connect <time>',
      'mean time of a connect, TLS included: for connections to keep ready',
      durationOption('--connect'),
    )
    .option('--instances <n>', 'processes that share the load (default: 1)', positiveOption('--instances', { whole: true }))
    .action((options: Options) => size(options, io))
  deploymentOptions(command)
  examples(command, [
    [`${commandLine} size --concurrency 40`, 'requests in flight are known'],
    [`${commandLine} size --rps 400 --latency 50ms`, 'they follow from rate and latency'],
    [`${commandLine} size --rps 4000 --latency 50ms --p99 400ms --instances 8`, 'and how long to wait'],
    [`${commandLine} size --rps 40 --latency 50ms --connect 150ms`, 'and how many to keep ready'],
    [`${commandLine} size --rps 4000 --latency 50ms --replicas 3 --workers 4`, 'and what servers see in a rolling update'],
  ])
}

async function size(options: Options, io: Io): Promise<void> {
  const sizing = sizeFor(loadOf(options))
  const limit = descriptorLimit()
  const warning = descriptorWarning(sizing.maxConnections, limit)
  if (options.json) {
    const { steps, headroom, recommendations, notes } = sizing
    const pool = Object.fromEntries(recommendations.map(({ field, value }) => [field, value]))
    io.stdout(
      toJson({
        pool,
        steps,
        headroom,
        recommendations,
        notes,
        descriptorLimit: limit ?? null,
        warnings: warning ? [warning] : [],
      }),
    )
  } else {
    io.stdout(await textOf(sizing, warning, io))
  }
  if (warning !== undefined) throw new Findings()
}

/** One request in a hundred is as slow as the p99 or slower: even if all others took no time, the mean would be a hundredth of it. */
const slowestShare = 100

function impossible(latency: number, p99: number): string {
  const [mean, slow] = [formatDuration(latency), formatDuration(p99)]
  return `--latency ${mean} and --p99 ${slow} can't both be: one request in a hundred that takes ${slow} makes a mean of ${formatDuration(p99 / slowestShare)} by itself. Give the mean of all requests, slow ones included, as --latency, or a --p99 of at most ${formatDuration(latency * slowestShare)}`
}

/** Which numbers go together. */
function loadOf(options: Options): Load {
  const { concurrency, rps, latency, p99, connect } = options
  const { instances, rolling } = instancesOf(options)
  const byRate = rps !== undefined || latency !== undefined || p99 !== undefined
  if (connect !== undefined && rps === undefined)
    throw new Misuse('--connect says how many requests come while one connection is made: give --rps and --latency with it')
  if (concurrency !== undefined) {
    if (byRate) throw new Misuse('--concurrency already says what --rps and --latency would give: use one or the other')
    return { concurrency, instances, rolling }
  }
  if (rps === undefined || latency === undefined) {
    const given = rps !== undefined ? '--latency is missing' : byRate ? '--rps is missing' : 'the load is missing'
    throw new Misuse(`${given}: use --concurrency <n>, or --rps <n> with --latency <time>`)
  }
  if (p99 !== undefined && p99 > latency * slowestShare) throw new Misuse(impossible(latency, p99))
  return { rps, latency, instances, rolling, ...(p99 !== undefined && { p99 }), ...(connect !== undefined && { connect }) }
}

function instancesOf(options: Options): { readonly instances: number; readonly rolling: number } {
  const deployment = deploymentOf(options)
  if (deployment === undefined) return { instances: options.instances ?? 1, rolling: options.instances ?? 1 }
  if (options.instances !== undefined)
    throw new Misuse('--instances already says what --replicas and --workers give: use one or the other')
  return { instances: deployment.processes, rolling: deployment.rolling }
}

function descriptorWarning(maxConnections: number, limit: number | undefined): string | undefined {
  if (limit === undefined || maxConnections + reserve <= limit) return undefined
  return `${maxConnections} connections and what else a process opens need more descriptors than one may have here (ulimit -n is ${limit}): raise it, or use more instances.`
}

async function textOf({ steps, recommendations, notes }: Sizing, warning: string | undefined, io: Io): Promise<string> {
  const { bold, yellow } = colorsFor(io)
  const width = Math.max(...steps.map(({ what }) => what.length))
  const values = recommendations.map(({ field, value, why }) => [field, String(value), why])
  const yaml = ['pools:', '  default:', ...recommendations.map(({ field, value }) => `    ${field}: ${value}`)]
  const parts = [
    steps.map(({ what, sum }) => `${what.padEnd(width)}  ${sum}\n`).join(''),
    `${bold('Recommended, for each instance')}\n${await table(
      io,
      [{ head: 'field' }, { head: 'value', align: 'right' }, { head: 'why', wrap: true }],
      values,
    )}`,
    ...(warning === undefined ? [] : [`${yellow('warning:')} ${warning}\n`]),
    notes.map((note) => `- ${note}\n`).join(''),
    `${bold('In polypool.config.yaml')}\n${yaml.join('\n')}\n`,
  ]
  return parts.join('\n')
}
