import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface HoldingReport {
  readonly open: number
  readonly peak: number
  readonly requests: number
}

/** A server, in a process of its own, that answers nothing until `release`. */
export class HoldingServer implements AsyncDisposable {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(): Promise<HoldingServer> {
    const child = fork(fileURLToPath(new URL('./server/child.ts', import.meta.url)), { execArgv: [] })
    const [port] = (await once(child, 'message')) as [number]
    return new HoldingServer(child, port)
  }

  report(): Promise<HoldingReport> {
    return this.#ask('report')
  }

  release(): Promise<HoldingReport> {
    return this.#ask('release')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }

  async #ask(message: 'report' | 'release'): Promise<HoldingReport> {
    const reply = once(this.#child, 'message')
    this.#child.send(message)
    const [report] = (await reply) as [HoldingReport]
    return report
  }
}
