import { type ChildProcess, fork } from 'node:child_process'
import { Misuse } from '../../io.ts'
import { tooDeep } from '../shared/problems.ts'
import type { FileReading } from './read-file.ts'
import type { ReadRequest, WorkerMessage } from './worker.ts'

type Outcome<Found> = WorkerMessage<Found> | { readonly ended: true } | { readonly late: true }

/** Longer than the largest file that is read takes, on a slow machine. */
const patience = 30_000

/**
 * Reads sources in a process of its own: the parser is native code, and ends its process where a source nests deeper than the stack.
 * Such a file becomes a problem like any other, and the next ones are read by a new process.
 */
export class SourceReader<Task, Found> implements AsyncDisposable {
  readonly #module: URL
  readonly #patience: number
  #worker: ChildProcess | undefined

  /**
   * @param module what the process runs: it calls `answerRequests`
   * @param options `patience`: for one file, in ms (default: 30 s)
   */
  constructor(module: URL, options: { patience?: number } = {}) {
    this.#module = module
    this.#patience = options.patience ?? patience
  }

  async read(file: string, text: string, task: Task): Promise<FileReading<Found>> {
    this.#worker ??= await this.#start()
    const worker = this.#worker
    const result = await this.#ask(worker, { file, text, task })
    if ('reading' in result) return result.reading
    if ('failed' in result) throw new Error(`${file}: ${result.failed}`)
    this.#worker = undefined
    const message = 'late' in result ? `not read within ${this.#patience / 1000} s` : tooDeep
    return { found: [], problem: { file, message } }
  }

  async #start(): Promise<ChildProcess> {
    const worker = fork(this.#module, {
      // None of the parent's: a debugger's port, say, is taken. A tree is garbage as soon as it is read: room for many of them
      // would take twice the memory, and no less time.
      execArgv: ['--max-semi-space-size=4'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let said = ''
    worker.stderr?.on('data', (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk
    })
    const first = await answerOf<Found>(worker, patience)
    if ('ready' in first) return worker
    const reason = /^\w*Error.*$/m.exec(said)?.[0] ?? 'its process ended'
    throw new Misuse(
      `sources can't be read: ${reason} (the parser is the package oxc-parser with its part for ${process.platform}-${process.arch})`,
    )
  }

  #ask(worker: ChildProcess, request: ReadRequest<Task>): Promise<Outcome<Found>> {
    worker.send(request)
    return answerOf(worker, this.#patience)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker?.kill('SIGKILL')
    this.#worker = undefined
  }
}

/** What the worker says next, or that it ended, or that it has been ended because it took too long. */
function answerOf<Found>(worker: ChildProcess, limit: number): Promise<Outcome<Found>> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome<Found>) => {
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
