import type { ResolvedPoolConfig } from 'polypool'
import { formatPath } from 'polypool/internal'
import type { Io } from '../../io.ts'
import { colorsFor, printable, table } from '../../output.ts'
import { type Deployment, whileEnding } from './deployment.ts'

/** Connections that are open at most, as those see it who are connected to. */
export interface Seen {
  readonly what: string
  /** The field that says so. */
  readonly path: string
  readonly each: number
  readonly total: number
  readonly rolling: number
}

/** What one process may open, times the processes. */
export function seenOf(config: ResolvedPoolConfig, { processes, rolling }: Deployment): Seen[] {
  const { maxConnections, maxConnectionsPerHost, maxConnectionsPerProxy, maxOverflow } = config
  const row = (what: string, path: string, limit: number): Seen => {
    // What is beyond a limit counts for whoever has to take it.
    const each = Math.min(limit, maxConnections) + maxOverflow
    return { what, path, each, total: each * processes, rolling: each * rolling }
  }
  return [
    row('all hosts together', 'maxConnections', maxConnections),
    row('one host', 'maxConnectionsPerHost', maxConnectionsPerHost),
    ...Object.entries(config.hosts).flatMap(([host, override]) =>
      override.maxConnectionsPerHost === undefined
        ? []
        : [row(host, formatPath(['hosts', host, 'maxConnectionsPerHost']), override.maxConnectionsPerHost)],
    ),
    ...(Number.isFinite(maxConnectionsPerProxy) ? [row('one proxy', 'maxConnectionsPerProxy', maxConnectionsPerProxy)] : []),
  ]
}

export async function seenTable(seen: readonly Seen[], deployment: Deployment, io: Io): Promise<string> {
  const { dim } = colorsFor(io)
  const updates = deployment.rollingText !== ''
  const rows = seen.map(({ what, each, total, rolling }) => [
    printable(what),
    ...[each, total, ...(updates ? [rolling] : [])].map((count) => (Number.isFinite(count) ? String(count) : 'unlimited')),
  ])
  const columns = [
    { head: 'seen by' },
    { head: 'of each', align: 'right' },
    { head: `of ${deployment.text}`, align: 'right' },
    ...(updates ? [{ head: `in a rolling update (${deployment.rollingText})`, align: 'right' } as const] : []),
  ] as const
  return `${await table(io, columns, rows)}${updates ? `${dim(whileEnding)}\n` : ''}`
}
