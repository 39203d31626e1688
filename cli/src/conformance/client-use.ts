import type { AnyPool, ConformanceClient } from './client.ts'
import { send } from './clients/send.ts'
import type { Answer, ClientHandle, ClientRequest } from './clients/types.ts'
import type { Outcome } from './expect.ts'

export type ScenarioRequest = Omit<ClientRequest, 'url'>

/** One client as a scenario uses it. */
export class ClientUse {
  readonly client: ConformanceClient
  readonly handle: ClientHandle

  constructor(client: ConformanceClient) {
    this.client = client
    this.handle = client.driver.open(client.module)
  }

  /** Sends one request. A scenario that has failed elsewhere may never look at the promise: that is no unhandled rejection. */
  send(pool: AnyPool, url: string, options: ScenarioRequest = {}): Promise<Answer> {
    const answer = send(this.handle, pool, { ...options, url })
    answer.catch(() => {})
    return answer
  }

  /** The same, and how it ended. */
  async outcome(pool: AnyPool, url: string, options: ScenarioRequest = {}): Promise<Outcome> {
    const start = performance.now()
    try {
      const answer = await this.send(pool, url, options)
      return { ms: performance.now() - start, answer }
    } catch (error) {
      return { ms: performance.now() - start, error }
    }
  }
}
