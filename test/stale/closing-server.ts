import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ClosingOptions, ClosingReport } from './server/options.ts'

/** A server, in a process of its own, whose idle connections live for a random time. */
export class ClosingServer implements AsyncDisposable {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(options: ClosingOptions): Promise<ClosingServer> {
    const path = fileURLToPath(new URL('./server/child.ts', import.meta.url))
    // Without the parent's flags: a test runner's loaders have no business there.
    const child = fork(path, [JSON.stringify(options)], { execArgv: [] })
    const [port] = (await once(child, 'message')) as [number]
    return new ClosingServer(child, port)
  }

  async report(): Promise<ClosingReport> {
    const reply = once(this.#child, 'message')
    this.#child.send('report')
    const [report] = (await reply) as [ClosingReport]
    return report
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}
