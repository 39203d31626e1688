import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyPool, ConformanceClient } from '../../cli/src/conformance/client.ts'
import { send } from '../../cli/src/conformance/clients/send.ts'
import type { Answer, ClientHandle } from '../../cli/src/conformance/clients/types.ts'
import { describe } from '../../cli/src/conformance/expect.ts'
import type { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import type { PoolConfig } from '../../src/config/types.ts'
import { block, Referee } from './referee.ts'
import { mustSucceed, type RequestStep, type Script } from './script.ts'

interface Member {
  readonly client: ConformanceClient
  readonly handle: ClientHandle
  readonly pool: AnyPool
}

interface Sent {
  readonly step: RequestStep
  readonly tag: string
  readonly client: string
  readonly ended: Promise<{ readonly answer?: Answer; readonly error?: unknown }>
}

/** Plays a script on real sockets, and throws where the contract does not hold. */
export class Player {
  readonly #members: readonly Member[]
  readonly #probe: RemoteProbe
  readonly #ports: readonly number[]
  readonly #referee: Referee
  readonly #sent: Sent[] = []
  readonly #leaving = new Set<AbortController>()
  readonly #unread: Answer[] = []
  #tags = 0
  #mayLose = false

  constructor(script: Script, clients: ReadonlyMap<string, ConformanceClient>, probe: RemoteProbe, ports: readonly number[]) {
    this.#probe = probe
    this.#ports = ports
    this.#referee = new Referee(script.limits, ports)
    let budget: PoolConfig | AnyPool = { ...script.limits, acquireTimeout: '50s', connectTimeout: '50s' }
    this.#members = [...new Set(script.members)].map((name) => {
      const client = clients.get(name) as ConformanceClient
      const pool = client.adapter.createPool(budget)
      budget = pool
      return { client, handle: client.driver.open(client.module), pool }
    })
  }

  get #pools(): readonly AnyPool[] {
    return this.#members.map(({ pool }) => pool)
  }

  play(script: Script): Promise<void> {
    return this.#referee.watch(this.#pools, async () => {
      for (const step of script.steps) {
        await this.#perform(step)
        this.#referee.checkCaps()
      }
      await this.#settle()
      await this.#serves()
      await this.#referee.end(this.#pools, script.end)
    })
  }

  async #perform(step: Script['steps'][number]): Promise<void> {
    switch (step.do) {
      case 'request':
        for (let time = 0; time < step.times; time++) this.#send(step)
        return
      case 'wait':
        return void (await sleep(step.ms))
      case 'busy':
        return block(step.ms)
      case 'reconfigure':
        return this.#referee.reconfigure(step.limits)
      case 'server ends idle': {
        const { connections } = await this.#probe.report()
        this.#mayLose = true
        for (const id of new Set(connections.map(({ origin }) => origin))) {
          if (step.how === 'fin') await this.#probe.closeIdle(id)
          else await this.#probe.resetIdle(id)
        }
        return
      }
    }
  }

  #send(step: RequestStep): void {
    const member = this.#members[step.member % this.#members.length] as Member
    const tag = `tag-${this.#tags++}`
    const leaving = new AbortController()
    this.#leaving.add(leaving)
    const post = step.body !== 'none'
    if (step.behaviour.includes('fin=after') || step.behaviour.includes('extra')) this.#mayLose = true
    const request = {
      url: `http://127.0.0.1:${this.#ports[step.origin]}/?${step.behaviour}${post ? '&echo=1' : ''}&tag=${tag}`,
      method: post ? 'POST' : 'GET',
      signal: leaving.signal,
      readBody: step.reading,
      onResponse: () => this.#act(step),
      // A client that pipes its body does not notice the end of it: its caller does.
      ...(post ? { body: bodyOf(step, tag, () => leaving.abort()) } : {}),
    }
    if (step.left !== null) setTimeout(() => leaving.abort(), step.left)
    const ended = send(member.handle, member.pool, request)
      .then(
        (answer) => {
          if (step.reading === 'none') this.#unread.push(answer)
          return { answer }
        },
        (error: unknown) => ({ error }),
      )
      .finally(() => this.#leaving.delete(leaving))
    this.#sent.push({ step, tag, client: member.client.name, ended })
  }

  #act(step: RequestStep): void {
    const { act } = step
    if (act === 'ask again') this.#send({ ...step, act: 'nothing', times: 1 })
    else if (act === 'reconfigure') this.#referee.reconfigure({ maxConnections: 2, maxOverflow: 1 })
    else if (act === 'abort all') for (const leaving of this.#leaving) leaving.abort()
    else if (act === 'busy') block(10)
    else if (act === 'throw away') this.#discard()
  }

  #discard(): void {
    for (const answer of this.#unread.splice(0)) answer.cancel()
  }

  async #settle(): Promise<void> {
    // A body that nobody reads keeps its connection, by contract: others may wait for it, also such as were sent before it.
    const discarding = setInterval(() => this.#discard(), 5)
    await this.#checkAnswers().finally(() => clearInterval(discarding))
    this.#discard()
  }

  /** Every request ends, those that must be answered are, and each gets what is its own. */
  async #checkAnswers(): Promise<void> {
    for (let at = 0; at < this.#sent.length; at++) {
      const { step, tag, client, ended } = this.#sent[at] as Sent
      const outcome = await this.#referee.inTime(ended, `${client}: the request ${JSON.stringify(step)}`)
      const { answer, error } = outcome
      const aborted = this.#sent.some((other) => other.step.act === 'abort all')
      if (answer === undefined && mustSucceed(step) && !aborted && !this.#mayLose) {
        throw new Error(`${client}: ${JSON.stringify(step)} was not answered: ${describe(error)}`, { cause: error })
      }
      const echoed = step.body !== 'none' && mustSucceed(step) && step.behaviour !== 'status=204'
      if (answer !== undefined && echoed && answer.body !== tag)
        throw new Error(`${client}: ${tag} got the answer ${answer.body}`)
    }
  }

  /** After all that, a request of each client to each origin is answered, and nothing is counted that is not there. */
  async #serves(): Promise<void> {
    for (const { client, handle, pool } of this.#members) {
      for (const port of this.#ports) {
        const answer = send(handle, pool, { url: `http://127.0.0.1:${port}/` }).catch((error: unknown) => {
          if (!this.#mayLose) throw new Error(`${client.name} no longer serves: ${describe(error)}`, { cause: error })
        })
        await this.#referee.inTime(answer, `${client.name}: a request afterwards`)
      }
    }
    await this.#referee.until(() => {
      const { active, pending, open } = (this.#members[0] as Member).pool.stats()
      return active === 0 && pending === 0 && open === this.#referee.sockets.open
    }, 'stats() at rest')
    this.#referee.checkCaps()
  }
}

function bodyOf({ body }: RequestStep, tag: string, onBroken: () => void): string | (() => Readable) {
  if (body === 'text') return tag
  return () =>
    Readable.from(
      (async function* () {
        yield Buffer.from(tag)
        if (body !== 'broken stream') return
        setTimeout(onBroken)
        throw new Error('the body breaks')
      })(),
    )
}
