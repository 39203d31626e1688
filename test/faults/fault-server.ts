import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Call, Commands, OriginReport, OriginScript, Reply } from './server/script.ts'

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** One port of the fault server. */
export interface Origin {
  readonly port: number
  readonly url: string
  report(): Promise<OriginReport>
  openGate(gate: string): Promise<void>
}

/** A server in a process of its own, so that neither its work nor its event loop is the client's. */
export class FaultServer implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #calls = new Map<number, Waiting>()
  #lastId = 0

  constructor() {
    // Without the parent's flags: a test runner's loaders have no business there.
    this.#child = fork(fileURLToPath(new URL('./server/child.ts', import.meta.url)), { execArgv: [] })
    this.#child.on('message', ({ id, result, error }: Reply) => {
      const call = this.#calls.get(id)
      this.#calls.delete(id)
      if (error === undefined) call?.resolve(result)
      else call?.reject(new Error(`fault server: ${error}`))
    })
    this.#child.on('exit', (code) => {
      for (const call of this.#calls.values()) call.reject(new Error(`the fault server ended with ${code}`))
    })
  }

  async listen(script: OriginScript): Promise<Origin> {
    const { id, port } = await this.#call('listen', script)
    return {
      port,
      url: `${script.scheme ?? 'http'}://127.0.0.1:${port}`,
      report: () => this.#call('report', id),
      openGate: (gate) => this.#call('openGate', id, gate),
    }
  }

  block(ms: number): Promise<void> {
    return this.#call('block', ms)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    // Not by disconnecting: its event loop may be blocked.
    this.#child.kill('SIGKILL')
    await exited
  }

  async #call<C extends keyof Commands>(command: C, ...args: Parameters<Commands[C]>): Promise<Awaited<ReturnType<Commands[C]>>> {
    const id = ++this.#lastId
    const call: Call = { id, command, args }
    const reply = new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }))
    this.#child.send(call)
    return (await reply) as Awaited<ReturnType<Commands[C]>>
  }
}
