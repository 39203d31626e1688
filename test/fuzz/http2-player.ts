import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyPool, ConformanceClient } from '../../cli/src/conformance/client.ts'
import { send } from '../../cli/src/conformance/clients/send.ts'
import type { Answer, ClientHandle } from '../../cli/src/conformance/clients/types.ts'
import { describe } from '../../cli/src/conformance/expect.ts'
import type { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import type { ProbeOrigin, SessionCommand } from '../../cli/src/conformance/probe/types.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { type CrossedStep, type Http2RequestStep, type Http2Script, isRefusedOnce, mustSucceed, tapped } from './http2-script.ts'
import { block, Referee } from './referee.ts'

/** As often a request is sent whose server says each time that it has not seen it. */
const mostSends = 4

interface Sent {
  readonly step: Http2RequestStep
  readonly tag: string
  readonly ended: Promise<{ readonly answer?: Answer; readonly error?: unknown }>
}

/** Plays a script over HTTP/2 without TLS, and throws where the contract does not hold. */
export class Http2Player {
  readonly #handle: ClientHandle
  readonly #pool: AnyPool
  readonly #name: string
  readonly #probe: RemoteProbe
  readonly #origins: readonly ProbeOrigin[]
  readonly #referee: Referee
  readonly #sent: Sent[] = []
  readonly #unread: Answer[] = []
  #limits: PoolConfig
  #mostStreams: number
  /** How often its server has said GOAWAY, and that nothing at all was processed. */
  #goaways = 0
  #hard = 0
  #mayLose = false

  constructor(script: Http2Script, client: ConformanceClient, probe: RemoteProbe, origins: readonly ProbeOrigin[]) {
    this.#probe = probe
    this.#origins = origins
    this.#limits = script.limits
    this.#mostStreams = Number(script.limits.maxStreamsPerConnection)
    this.#referee = new Referee(
      script.limits,
      origins.map(({ port }) => port),
    )
    const silent = script.steps.some((step) => step.do === 'server' && step.command.do === 'silence')
    this.#name = client.name
    this.#pool = client.adapter.createPool(
      {
        ...script.limits,
        http2: 'only',
        retryStale: false,
        acquireTimeout: '50s',
        connectTimeout: '50s',
        pingInterval: silent ? 100 : false,
      },
      undefined,
      { warnings: false },
    )
    this.#handle = client.driver.open(client.module)
  }

  play({ steps, end }: Http2Script): Promise<void> {
    return this.#referee.watch([this.#pool], async () => {
      for (const step of steps) {
        await this.#perform(step)
        this.#referee.checkCaps()
      }
      await this.#settle()
      await this.#serves()
      await this.#checkServer()
      await this.#referee.end([this.#pool], end)
    })
  }

  async #perform(step: Http2Script['steps'][number]): Promise<void> {
    switch (step.do) {
      case 'request':
        for (let time = 0; time < step.times; time++) this.#send(step)
        return
      case 'wait':
        return void (await sleep(step.ms))
      case 'busy':
        return block(step.ms)
      case 'reconfigure':
        return this.#reconfigure(step.limits)
      case 'server':
        return this.#command(step.origin, step.command)
      case 'crossed':
        return this.#cross(step)
    }
  }

  /** What is held keeps its connection: those behind it must get another one, if there may be one, and not wait for it. */
  async #cross({ behind, body, command }: CrossedStep): Promise<void> {
    const gate = `crossed ${this.#sent.length} ${this.#origins[tapped]?.port}`
    const request = { do: 'request', origin: tapped, body, reading: 'all', left: null, times: 1 } as const
    this.#send({ ...request, behaviour: `hold=${encodeURIComponent(gate)}` })
    await Promise.race([this.#send({ ...request, behaviour: '' }).ended, sleep(20)])
    const others = Array.from({ length: behind }, () => this.#send({ ...request, behaviour: 'delay=5' }))
    await this.#command(tapped, command)
    if (this.#mayHaveTwo()) for (const { ended } of others) await this.#referee.inTime(ended, 'a request beside one that is held')
    await this.#probe.release(gate)
  }

  async #command(origin: number, command: SessionCommand): Promise<void> {
    if (command.do === 'goaway') {
      this.#goaways++
      if (command.kind === 'hard') this.#hard++
    } else if (command.do !== 'settings') this.#mayLose = true
    const { id } = this.#origins[origin] as ProbeOrigin
    const done = this.#probe.sessions(id, command)
    // Resolves when the client has acknowledged them, which one that has gone does not.
    if (command.do === 'settings') done.catch(() => {})
    else await done
  }

  #reconfigure(limits: PoolConfig): void {
    this.#limits = { ...this.#limits, ...limits }
    this.#referee.reconfigure(limits)
    this.#mostStreams = Math.max(this.#mostStreams, Number(limits.maxStreamsPerConnection))
  }

  #mayHaveTwo(): boolean {
    const { maxConnections, maxConnectionsPerHost } = this.#limits
    return Number(maxConnections) > 1 && maxConnectionsPerHost !== 1
  }

  #send(step: Http2RequestStep): Sent {
    const tag = `tag-${this.#sent.length}`
    const leaving = new AbortController()
    const post = step.body !== 'none'
    const { port } = this.#origins[step.origin] as ProbeOrigin
    const request = {
      url: `http://127.0.0.1:${port}/?${step.behaviour}${post ? '&echo=1' : ''}&tag=${tag}`,
      method: post ? 'POST' : 'GET',
      signal: leaving.signal,
      readBody: step.reading,
      ...(step.body === 'none' ? {} : { body: step.body === 'text' ? tag : () => Readable.from([Buffer.from(tag)]) }),
    }
    if (step.left !== null) setTimeout(() => leaving.abort(), step.left)
    const ended = send(this.#handle, this.#pool, request).then(
      (answer) => {
        if (step.reading === 'none') this.#unread.push(answer)
        return { answer }
      },
      (error: unknown) => ({ error }),
    )
    const sent = { step, tag, ended }
    this.#sent.push(sent)
    return sent
  }

  /** Whether it may fail because its server has taken its connection away, and it can't be sent again or has been as often as it may. */
  #mayFail({ step }: Sent, error: unknown): boolean {
    // Node's server may answer what its GOAWAY has just called unprocessed; for nghttp2 that ends the session with an error.
    if (this.#hard > 0 && hasCode(error, 'ERR_HTTP2_ERROR')) return true
    const kept = step.body === 'none' || (step.body === 'text' && this.#name === 'undici')
    if (!kept && (this.#goaways > 0 || isRefusedOnce(step))) return true
    return this.#mayLose || this.#hard >= mostSends - 1
  }

  async #settle(): Promise<void> {
    // A body that nobody reads keeps its share of a connection, by contract: others may wait for it.
    const discarding = setInterval(() => this.#discard(), 5)
    await this.#checkAnswers().finally(() => clearInterval(discarding))
    this.#discard()
  }

  #discard(): void {
    for (const unread of this.#unread.splice(0)) unread.cancel()
  }

  /** Every request ends, those that must be answered are, and each gets what is its own. */
  async #checkAnswers(): Promise<void> {
    for (const { id } of this.#origins) this.#probe.sessions(id, { do: 'settings', maxStreams: 100 }).catch(() => {})
    for (const one of this.#sent) {
      const { step, tag, ended } = one
      const { answer, error } = await this.#referee.inTime(ended, `the request ${JSON.stringify(step)}`)
      if (!mustSucceed(step)) continue
      if (answer === undefined && !this.#mayFail(one, error))
        throw new Error(`${JSON.stringify(step)} was not answered: ${describe(error)}`, { cause: error })
      if (answer !== undefined && step.body !== 'none' && answer.body !== tag)
        throw new Error(`${tag} got the answer ${answer.body}`)
    }
  }

  /** After all that, each origin answers, and nothing is counted that is not there. */
  async #serves(): Promise<void> {
    for (const { port } of this.#origins) {
      const answer = send(this.#handle, this.#pool, { url: `http://127.0.0.1:${port}/` }).catch((error: unknown) => {
        if (!this.#mayLose) throw new Error(`no longer serves: ${describe(error)}`, { cause: error })
      })
      await this.#referee.inTime(answer, 'a request afterwards')
    }
    await this.#referee.until(() => {
      const { active, pending, open, streams } = this.#pool.stats()
      return active === 0 && pending === 0 && streams.active === 0 && open === this.#referee.sockets.open
    }, 'stats() at rest')
    this.#referee.checkCaps()
  }

  /** What the server saw: no request twice that it had taken on, none too often, no connection with too many at a time. */
  async #checkServer(): Promise<void> {
    const ids = new Set(this.#origins.map(({ id }) => id))
    const connections = (await this.#probe.report()).connections.filter(({ origin }) => ids.has(origin))
    // A stream that is reset is over for the server a moment after the next one has come.
    const whole = this.#sent.every(({ step }) => mustSucceed(step) && !isRefusedOnce(step))
    for (const { http2 } of connections) {
      if (whole && http2 !== null && http2.peak > this.#mostStreams)
        throw new Error(`${http2.peak} streams at one time on a connection`)
    }
    const requests = connections.flatMap((connection) => connection.requests)
    for (const { step, tag } of this.#sent) {
      const seen = requests.filter(({ url }) => url.endsWith(`&tag=${tag}`))
      const taken = seen.filter(({ disowned }) => !disowned)
      if (taken.length > 1 && !isRefusedOnce(step)) throw new Error(`${JSON.stringify(step)} was taken on ${taken.length} times`)
      if (isRefusedOnce(step) && taken.length > mostSends)
        throw new Error(`${JSON.stringify(step)} was sent ${taken.length} times`)
    }
  }
}

/** Whether it has the code itself, as with undici, or is due to an error that has, as with fetch. */
function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (('code' in error && error.code === code) || hasCode(error.cause, code))
}
