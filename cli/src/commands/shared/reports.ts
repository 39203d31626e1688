import net, { type Socket } from 'node:net'
import type { ReportedPool, StatsReport } from 'polypool'
import { didYouMean } from 'polypool/internal'
import { Misuse } from '../../io.ts'

/** Nobody has so many pools; what sends on without an end is no polypool. */
const longestLine = 256 * 1024 * 1024

/** A process that serves its statistics. */
export class ReportSource {
  readonly #path: string
  readonly #socket: Socket
  #text = ''
  #ended: Error | undefined
  #wake: () => void = () => {}

  private constructor(path: string, socket: Socket) {
    this.#path = path
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      this.#text += chunk
      if (this.#text.length > longestLine) this.#end(notOurs(path))
      this.#wake()
    })
    socket.on('error', () => this.#end(gone(path))).on('close', () => this.#end(gone(path)))
  }

  /** Rejects with Misuse if nobody listens there. */
  static async connect(path: string): Promise<ReportSource> {
    const socket = net.connect(path)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', (error: NodeJS.ErrnoException) => reject(unreachable(path, error.code)))
    })
    return new ReportSource(path, socket)
  }

  /** What comes next: the first, with its history, comes by itself, each other one after `ask`. Undefined once the process has gone. */
  async next(): Promise<StatsReport | undefined> {
    while (true) {
      const end = this.#text.indexOf('\n')
      if (end >= 0) {
        const line = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 1)
        return readReport(line, this.#path)
      }
      if (this.#ended instanceof Misuse) throw this.#ended
      if (this.#ended !== undefined) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  ask(): void {
    this.#socket.write('\n')
  }

  close(): void {
    this.#socket.destroy()
  }

  #end(error: Error): void {
    this.#ended ??= error
    this.#wake()
  }
}

function readReport(line: string, path: string): StatsReport {
  let report: Partial<StatsReport> | undefined
  try {
    report = JSON.parse(line) as Partial<StatsReport>
  } catch {
    throw notOurs(path)
  }
  if (typeof report?.version !== 'number' || !Array.isArray(report.pools)) throw notOurs(path)
  if (report.version !== 1)
    throw new Misuse(`${path} speaks version ${report.version} of reports: use @polypool/cli of the version that the process has`)
  return report as StatsReport
}

/** The pool of that name, or the only one. Throws Misuse that says which there are. */
export function reportedPool({ pools }: StatsReport, name: string | undefined): ReportedPool {
  const names = pools.map((pool) => pool.name)
  if (name === undefined) {
    const [only] = pools
    if (only !== undefined && pools.length === 1) return only
    throw new Misuse(
      pools.length === 0
        ? 'the process has no pool'
        : `the process has several pools, say which with --pool: ${names.join(', ')}`,
    )
  }
  const found = pools.find((pool) => pool.name === name)
  if (found !== undefined) return found
  throw new Misuse(
    `the process has no pool ${JSON.stringify(name)}: ${didYouMean(name, names) ?? `there are ${names.join(', ') || 'none'}`}`,
  )
}

function unreachable(path: string, code = ''): Misuse {
  const why: { readonly [code: string]: string } = {
    ENOENT: 'there is no socket of that name: the process serves none there, or has ended',
    ECONNREFUSED: 'the process that listened there has ended',
    EACCES: 'it is of another user: be that one',
  }
  return new Misuse(
    `--socket ${path}: ${why[code] ?? `it can't be opened (${code})`}. A process opts in by serveStats(pools, { path })`,
  )
}

function notOurs(path: string): Misuse {
  return new Misuse(`${path} does not speak as serveStats does: is it the socket of another program?`)
}

function gone(path: string): Error {
  return new Error(`${path} has closed`)
}
