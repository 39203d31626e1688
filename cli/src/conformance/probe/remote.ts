import { type ChildProcess, fork } from 'node:child_process'
import { moduleUrl } from '../../module-url.ts'
import type { ProbeCall, ProbeCommand, ProbeReply } from './messages.ts'
import type { OriginOptions, Probe, ProbeOrigin, ProbeProxy, ProbeProxyOptions, ProbeReport, SessionCommand } from './types.ts'

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** A probe in a process of its own, for clients whose event loop is blocked, and for a server whose own is. */
export class RemoteProbe implements Probe {
  readonly #child: ChildProcess
  readonly #calls = new Map<number, Waiting>()
  #lastId = 0

  constructor() {
    // Without the parent's flags: a test runner's loaders have no business there.
    this.#child = fork(moduleUrl('./child', import.meta.url), { execArgv: [], serialization: 'advanced' })
    this.#child.on('message', (reply: ProbeReply) => this.#settle(reply))
    this.#child.on('exit', (code) => {
      for (const id of this.#calls.keys()) this.#settle({ id, error: `the probe's process ended with ${code}` })
    })
  }

  listen(options: OriginOptions = {}): Promise<ProbeOrigin> {
    return this.#call('listen', [options])
  }

  proxy(options: ProbeProxyOptions = {}): Promise<ProbeProxy> {
    return this.#call('proxy', [options])
  }

  setBehaviour(origin: number, query: string): Promise<void> {
    return this.#call('setBehaviour', [origin, query])
  }

  report(): Promise<ProbeReport> {
    return this.#call('report', [])
  }

  release(key: string): Promise<number> {
    return this.#call('release', [key])
  }

  releaseLater(key: string, afterMs: number, sign: string): Promise<void> {
    return this.#call('releaseLater', [key, afterMs, sign])
  }

  closeIdle(origin: number): Promise<number> {
    return this.#call('closeIdle', [origin])
  }

  resetIdle(origin: number): Promise<number> {
    return this.#call('resetIdle', [origin])
  }

  endIdleLater(origin: number, how: 'fin' | 'rst', afterMs: number, sign: string): Promise<void> {
    return this.#call('endIdleLater', [origin, how, afterMs, sign])
  }

  sessions(origin: number, command: SessionCommand): Promise<number> {
    return this.#call('sessions', [origin, command])
  }

  sessionsLater(origin: number, command: SessionCommand, afterMs: number, sign: string): Promise<void> {
    return this.#call('sessionsLater', [origin, command, afterMs, sign])
  }

  freeze(sign: string, then?: { readonly origin: number; readonly command: SessionCommand }): Promise<void> {
    return this.#call('freeze', [sign, then])
  }

  block(ms: number): Promise<void> {
    return this.#call('block', [ms])
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = new Promise((resolve) => this.#child.once('exit', resolve))
    await this.#call('stop', [])
    this.#child.disconnect()
    await exited
  }

  async #call<T>(command: ProbeCommand, args: readonly unknown[]): Promise<T> {
    const id = ++this.#lastId
    const call: ProbeCall = { id, command, args }
    const result = new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }))
    this.#child.send(call)
    return (await result) as T
  }

  #settle({ id, result, error }: ProbeReply): void {
    const waiting = this.#calls.get(id)
    this.#calls.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(`probe: ${error}`))
  }
}
