import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { root } from '../../scripts/root.ts'
import { type BySubject, type Outcome, rounded, type Series } from './results.ts'
import type { Server } from './server.ts'
import type { Work } from './work.ts'

const compiled = fileURLToPath(new URL('.cache/compile', root))

/** A process that answers questions, a line each. */
export class Member {
  readonly name: string
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #answers: Array<(line: string) => void> = []
  #errors = ''
  /** Why it is asked no more. */
  failed: string | undefined

  constructor(name: string, command: string, args: readonly string[]) {
    this.name = name
    // Dozens of processes start: what each costs is for the most part to strip types and to compile.
    const env = { ...process.env, NODE_COMPILE_CACHE: compiled }
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })
    this.#lines.on('line', (line) => this.#answers.shift()?.(line))
    this.#child.stderr?.on('data', (part) => {
      this.#errors = (this.#errors + part).slice(-4000)
    })
    const gone = (why: string) => {
      this.failed ??= why
      for (const answer of this.#answers.splice(0)) answer(JSON.stringify({ failed: why }))
    }
    this.#child.on('error', (error) => gone(error.message))
    this.#child.on('close', (code, signal) => gone(`the process ended by ${signal ?? code}: ${lastLine(this.#errors)}`))
    this.#child.stdin?.on('error', () => {})
  }

  /** Never rejects: a failure is an answer, and whoever gave one is not asked again. */
  async ask<T extends object>(question: object, timeoutMs: number): Promise<Outcome<T>> {
    if (this.failed !== undefined) return { failed: this.failed }
    const line = new Promise<string>((resolve) => this.#answers.push(resolve))
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`)
    const timer = setTimeout(() => {
      this.failed ??= `no end within ${Math.round(timeoutMs / 1000)} s`
      this.#child.kill('SIGKILL')
    }, timeoutMs)
    const answer = JSON.parse(await line) as Outcome<T>
    clearTimeout(timer)
    if ('failed' in answer) this.failed ??= answer.failed
    return this.failed === undefined ? answer : { failed: this.failed }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return
    const closed = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.kill('SIGKILL')
    await closed
  }
}

/** Of an error with a stack, the line that says what it is. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '').trim()
}

/** The process of a subject. */
export function nodeMember(name: string, cell: string, port: number): Member {
  const file = fileURLToPath(new URL('./child.ts', import.meta.url))
  return new Member(name, process.execPath, ['--expose-gc', file, name, cell, String(port)])
}

export interface Turns {
  readonly rounds: number
  readonly ms: number
  /** Processes that each subject has one after the other: two of the same program differ. */
  readonly processes: number
}

/** Rounds in which all take turns; who goes first changes, so that a slow moment of the machine strikes nobody more than others. */
export async function takeTurns(
  members: () => readonly Member[],
  server: Server,
  { rounds, ms, processes }: Turns,
  cold = false,
): Promise<BySubject<Outcome<Series>>> {
  const notes: Notes = new Map()
  let round = 0
  for (let process = 1; process <= Math.min(processes, rounds); process++) {
    const team = members()
    const open = new Map<string, number>()
    try {
      // Who is slow to begin takes nothing from those who warm up.
      await Promise.all(team.map((member) => member.ask({ do: 'start' }, starting)))
      for (const member of team) open.set(member.name, await warmUp(member, server))
      for (; round < (rounds * process) / processes; round++) {
        for (let turn = 0; turn < team.length; turn++) {
          const at = (round % 2 === 0 ? turn + round : 2 * team.length - 1 - turn + round) % team.length
          const member = team[at] as Member
          const found = await oneRound(member, server, ms)
          if (!('failed' in found) && !cold) {
            // The connections of the others are open all the time; those of this one are what came of its own rounds.
            found.open += open.get(member.name) ?? 0
            open.set(member.name, found.open)
          }
          note(notes, member.name, found)
        }
      }
    } finally {
      await Promise.all(team.map((member) => member.end()))
    }
  }
  return Object.fromEntries(notes)
}

type Notes = Map<string, { -readonly [key in keyof Series]: number[] } | { failed: string }>
type Round = { -readonly [key in keyof Series]: number }

/** Code runs at its full speed after some thousands of requests, not before. Gives how many connections the member has then. */
async function warmUp(member: Member, server: Server): Promise<number> {
  const before = await server.status()
  await member.ask({ do: 'run', ms: warmUpMs, enough: 8000 }, patience(warmUpMs))
  return Math.max(0, (await server.status()).open - before.open)
}

async function oneRound(member: Member, server: Server, ms: number): Promise<Outcome<Round>> {
  const [before, cpuBefore] = [await server.status(), await server.cpu()]
  const work = await member.ask<Work>({ do: 'run', ms }, patience(ms))
  if ('failed' in work) return work
  if (work.answers === 0) return { failed: work.error ?? 'no answer' }
  const [after, cpuAfter] = [await server.status(), await server.cpu()]
  return {
    answers: work.answers,
    rate: rounded(work.answers / work.seconds),
    p50: rounded(work.p50),
    p99: rounded(work.p99),
    cpu: rounded((work.cpu / work.answers) * 1e6),
    opened: after.accepted - before.accepted,
    open: after.open - before.open,
    server: rounded((cpuAfter - cpuBefore) / work.seconds, 2),
    errors: work.errors,
  }
}

function note(notes: Notes, name: string, found: Outcome<Round>): void {
  const known = notes.get(name)
  if ('failed' in found) return void notes.set(name, found)
  if (known !== undefined && 'failed' in known) return
  const series = known ?? { answers: [], rate: [], p50: [], p99: [], cpu: [], opened: [], open: [], server: [], errors: [] }
  for (const key of Object.keys(found) as (keyof Series)[]) series[key].push(found[key])
  notes.set(name, series)
}

/** At most: who is slow for another reason does not become faster by it. */
const warmUpMs = 2500

/** All processes of a cell start at once. */
const starting = 60_000

/** A round ends with its last answer: what takes this much longer does not end. */
function patience(ms: number): number {
  return ms * 3 + 10_000
}
