import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSecureContext, TLSSocket } from 'node:tls'
import { probeCertificate, probeKey } from '../../../cli/src/conformance/probe/certificates.ts'
import { Gates } from '../../../cli/src/conformance/probe/gates.ts'
import { Http2AsText } from './h2-text.ts'
import { RequestReader } from './reader.ts'
import type { OriginReport, OriginScript, Step } from './script.ts'

const secureContext = createSecureContext({ key: probeKey, cert: probeCertificate })

/** One listening port, which follows its script. */
export class FaultOrigin {
  readonly gates = new Gates()
  readonly #script: OriginScript
  readonly #readers: RequestReader[] = []
  #accepted = 0
  #open = 0
  #finished = 0

  constructor(script: OriginScript) {
    this.#script = script
  }

  listen(): Promise<number> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
    return new Promise((resolve) => {
      server.listen({ port: 0, host: '127.0.0.1', backlog: this.#script.backlog ?? 511 }, () =>
        resolve((server.address() as AddressInfo).port),
      )
    })
  }

  report(): OriginReport {
    const requests = this.#readers.flatMap((reader) => reader.requests)
    const bodies = this.#readers.flatMap((reader) => reader.bodies)
    return { open: this.#open, accepted: this.#accepted, finished: this.#finished, requests, bodies }
  }

  #accept(raw: Socket): void {
    const { connections, scheme, insteadOfTls, cutHandshake } = this.#script
    const steps = connections[Math.min(this.#accepted, connections.length - 1)] ?? []
    this.#accepted++
    this.#open++
    raw.on('error', () => {})
    raw.on('close', () => this.#open--)
    if (scheme !== 'https') return this.#serve(raw, raw, steps)
    if (insteadOfTls !== undefined) return this.#follow(raw, raw, insteadOfTls)
    const under = cutHandshake === undefined ? raw : cut(raw, cutHandshake)
    const secure = new TLSSocket(under, {
      isServer: true,
      secureContext,
      ALPNProtocols: [this.#script.http2 ? 'h2' : 'http/1.1'],
    })
    secure.on('error', () => raw.destroy())
    secure.on('secure', () => {
      // A TLS server would say so; HTTP/2 waits for it.
      Object.assign(secure, { secureConnecting: false })
      this.#serve(secure, raw, steps)
    })
  }

  #serve(socket: Socket, raw: Socket, steps: readonly Step[]): void {
    this.#follow(this.#script.http2 ? new Http2AsText(socket) : socket, raw, steps)
  }

  #follow(socket: Duplex, raw: Socket, steps: readonly Step[]): void {
    const reader = new RequestReader(socket)
    this.#readers.push(reader)
    if (this.#script.neverEnds !== true) socket.on('end', () => socket.end())
    const finished = () => this.#finished++
    // By an error when the client has gone: what the script had left to do is void.
    this.#run(steps, socket, raw, reader).then(finished, finished)
  }

  async #run(steps: readonly Step[], socket: Duplex, raw: Socket, reader: RequestReader): Promise<void> {
    for (const step of steps) {
      if (raw.destroyed && !isTouch(step)) throw new Error('the connection is closed')
      await this.#perform(step, socket, raw, reader)
    }
  }

  async #perform(step: Step, socket: Duplex, raw: Socket, reader: RequestReader): Promise<void> {
    if (step === 'head' || step === 'body' || step === 'byte') return reader[step]()
    if (step === 'request') {
      await reader.head()
      return reader.body()
    }
    if (step === 'mute') return void socket.pause()
    if (step === 'fin') return void socket.end()
    if (step === 'close') return void raw.destroy()
    if (step === 'rst') return void raw.resetAndDestroy()
    if ('wait' in step) return sleep(step.wait)
    if ('touch' in step) return writeFileSync(step.touch, '')
    if ('gate' in step) return this.gates.wait(step.gate)
    if ('say' in step) {
      for (let sent = 0; sent < (step.times ?? 1); sent++) await write(socket, step.say)
      return
    }
    if ('drip' in step) {
      for (const byte of step.drip) {
        await write(socket, byte)
        await sleep(step.everyMs)
      }
      return
    }
    for (;;) await this.#run(step.each, socket, raw, reader)
  }
}

function isTouch(step: Step): boolean {
  return typeof step === 'object' && 'touch' in step
}

/** Done when the kernel has it, so that what follows can't overtake it. */
function write(socket: Duplex, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(text, 'latin1', (error) => (error ? reject(error) : resolve()))
  })
}

/** The TCP connection as a TLS server sees it; it ends when that has sent so many bytes. */
function cut(raw: Socket, { bytes, by }: { readonly bytes: number; readonly by: 'fin' | 'rst' }): Duplex {
  let left = bytes
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      const passed = chunk.subarray(0, Math.max(0, left))
      left -= chunk.length
      raw.write(passed, () => {
        if (left <= 0 && by === 'fin') raw.end()
        if (left <= 0 && by === 'rst') raw.resetAndDestroy()
        done()
      })
    },
  })
  raw.on('data', (chunk) => stream.push(chunk))
  raw.on('end', () => raw.end())
  raw.on('close', () => stream.destroy())
  return stream
}
