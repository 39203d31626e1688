import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Ports, ServerReport } from './server/messages.ts'

/** The other end of the soak. */
export class SoakServer implements AsyncDisposable {
  readonly ports: Ports
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, ports: Ports) {
    this.#child = child
    this.ports = ports
  }

  static async start(seed: number): Promise<SoakServer> {
    const child = fork(fileURLToPath(new URL('./server/child.ts', import.meta.url)), [String(seed)], { execArgv: [] })
    const [ports] = (await once(child, 'message')) as [Ports]
    return new SoakServer(child, ports)
  }

  async report(): Promise<ServerReport> {
    const reply = once(this.#child, 'message')
    this.#child.send('report')
    const [report] = (await reply) as [ServerReport]
    return report
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}
