import { type ChildProcess, fork } from 'node:child_process'
import { Misuse } from '../../io.ts'
import { tooDeep } from '../shared/problems.ts'
import type { FileReading, Task } from './read-file.ts'
import type { Answer, Request } from './worker.ts'

type Outcome = Answer | { readonly ended: true } | { readonly late: true }

/** Longer than the largest file that is read takes, on a slow machine. */
const patience = 30_000

/**
 * Reads sources in a process of its own: the parser is native code, and ends its process where a source nests deeper than the stack.
 * Such a file becomes a problem like any other, and the next ones are read by a new process.
 */
export class SourceReader implements AsyncDisposable {
  readonly #patience: number
  #worker: ChildProcess | undefined

  constructor(options: { patience?: number } = {}) {
    this.#patience = options.patience ?? patience
  }

  async read(file: string, text: string, task: Task): Promise<FileReading> {
    this.#worker ??= await this.#start()
    const worker = this.#worker
    const result = await this.#ask(worker, { file, text, task })
    if ('reading' in result) return result.reading
    if ('failed' in result) throw new Error(`${file}: ${result.failed}`)
    this.#worker = undefined
    const message = 'late' in result ? `not read within ${this.#patience / 1000} s` : tooDeep
    return { places: [], findings: [], problem: { file, message } }
  }

  async #start(): Promise<ChildProcess> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const worker = fork(new URL(`./worker.${extension}`, import.meta.url), {
      // None of the parent's: a debugger's port, say, is taken.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let said = ''
    worker.stderr?.on('data', (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk
    })
    const first = await answerOf(worker, patience)
    if ('ready' in first) return worker
    const reason = /^\w*Error.*$/m.exec(said)?.[0] ?? 'its process ended'
    throw new Misuse(
      `sources can't be read: ${reason} (the parser is the package oxc-parser with its part for ${process.platform}-${process.arch})`,
    )
  }

  #ask(worker: ChildProcess, request: Request): Promise<Outcome> {
    worker.send(request)
    return answerOf(worker, this.#patience)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker?.kill('SIGKILL')
    this.#worker = undefined
  }
}

/** What the worker says next, or that it ended, or that it has been ended because it took too long. */
function answerOf(worker: ChildProcess, limit: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome) => {
      clearTimeout(timer)
      worker.off('message', settle).off('exit', ended).off('error', ended)
      resolve(outcome)
    }
    const ended = () => settle({ ended: true })
    const timer = setTimeout(() => {
      worker.kill('SIGKILL')
      settle({ late: true })
    }, limit)
    worker.on('message', settle).on('exit', ended).on('error', ended)
  })
}
