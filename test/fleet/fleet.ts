// Fleets of processes on a real server of Redis, and an upstream that counts.
import { type ChildProcess, fork } from 'node:child_process'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FleetStats } from '../../src/adapter.ts'
import { folderFor, freePort, type Started, startProgram } from '../programs.ts'
import type { MemberOptions } from './children/member.ts'

/** A child process that answers questions. */
export class Asked<Answer> {
  readonly child: ChildProcess
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #calls = 0

  constructor(child: ChildProcess) {
    this.child = child
    child.on('message', (message: { call?: number }) => {
      if (message.call === undefined) return
      this.#waiting.get(message.call)?.(message as Answer)
      this.#waiting.delete(message.call)
    })
  }

  /** Never answered if it has ended, or is frozen. */
  ask(question: object = {}): Promise<Answer> {
    const call = this.#calls++
    return new Promise((resolve) => {
      this.#waiting.set(call, resolve)
      this.child.send({ ...question, call }, () => {})
    })
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal)
  }
}

export interface UpstreamAnswer {
  readonly open: number
  readonly peak: number
  readonly served: number
  readonly by: { readonly [member: string]: number }
}

export interface MemberAnswer extends FleetStats {
  readonly ok: number
  readonly failed: { readonly [code: string]: number }
  readonly open: number
  readonly pending: number
}

function start(file: string, args: readonly string[]): Promise<{ child: ChildProcess; first: object }> {
  const child = fork(new URL(`children/${file}.ts`, import.meta.url), args, { execArgv: [] })
  return new Promise((resolve, reject) => {
    child.once('message', (first: object) => resolve({ child, first }))
    child.once('exit', (code) => reject(new Error(`${file} has ended with ${code}`)))
  })
}

export async function startUpstream(): Promise<Asked<UpstreamAnswer> & { readonly port: number }> {
  const { child, first } = await start('upstream', [])
  return Object.assign(new Asked<UpstreamAnswer>(child), first as { port: number })
}

export async function startMember(options: MemberOptions): Promise<Asked<MemberAnswer>> {
  const { child } = await start('member', [JSON.stringify(options)])
  return new Asked<MemberAnswer>(child)
}

/** A server of Redis without persistence: one that is started again is empty. */
export async function startRedis(file: string, port: number, ...more: string[]): Promise<Started> {
  const folder = folderFor('redis')
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...more]
  return startProgram(file, args, port, folder)
}

/** What is between one member and the store: it can be cut, led elsewhere, and counts. */
export class Wire {
  bytes = 0
  /** Commands that were sent through it. */
  calls = 0
  target: number
  #cut = false
  readonly #sockets = new Set<net.Socket>()
  readonly #server = net.createServer((near) => this.#join(near))

  constructor(target: number) {
    this.target = target
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as net.AddressInfo).port
  }

  /** Nothing passes any more, and nobody is told: as if a cable was pulled. */
  cut(): void {
    this.#cut = true
  }

  /** What was cut is reset, as by a peer that has forgotten it. */
  heal(): void {
    if (this.#cut) this.lead(this.target)
  }

  lead(target: number): void {
    this.#cut = false
    this.target = target
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(near: net.Socket): void {
    const far = net.connect({ port: this.target, host: '127.0.0.1' })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('data', (chunk) => {
        if (this.#cut) return
        this.bytes += chunk.length
        if (socket === near) this.calls += chunk.toString('latin1').match(/\*\d+\r\n\$\d+\r\n(?:EVALSHA|EVAL)\r\n/gi)?.length ?? 0
        other.write(chunk)
      })
      socket
        .on('error', () => {})
        .on('close', () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
    }
  }
}

/** Asks again and again, until it is so. */
export async function until<A>(ask: () => Promise<A> | A, is: (answer: A) => boolean): Promise<A> {
  for (;;) {
    const answer = await ask()
    if (is(answer)) return answer
    await sleep(10)
  }
}

export { freePort }
