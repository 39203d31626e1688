import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadClient } from '../../cli/src/conformance/catalog.ts'
import { optionsFor } from '../../cli/src/conformance/clients/shared.ts'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import { clientNames } from '../../src/clients/index.ts'
import { hangs, wallClock } from '../time.ts'
import { answer } from './answers.ts'
import type { Origin } from './fault-server.ts'
import { inTime } from './run-fault.ts'
import type { Step } from './server/script.ts'
import { useFaultServer } from './suite.ts'

const server = useFaultServer()
const folder = mkdtempSync(join(tmpdir(), 'polypool-'))
afterAll(() => rmSync(folder, { recursive: true }))

const heads = ['http.client.response.finish', 'undici:request:headers']
const requests = 10

/** What the server does with a connection right behind its first answer, which has promised to keep it. */
const behind = {
  close: ['close'],
  rst: ['rst'],
  // In a segment of its own: what comes with the answer is the parser's.
  stray: [{ wait: 30 }, { say: answer('forged') }],
} as const satisfies { readonly [how: string]: readonly Step[] }

type How = keyof typeof behind

/** A server in a process of its own whose connections are good for one request each. */
class Hasty implements Disposable {
  readonly origin: Origin
  readonly #files: string[]
  #answers = 0

  private constructor(origin: Origin, files: string[]) {
    this.origin = origin
    this.#files = files
  }

  static async listen(scheme: 'http' | 'https', how: How): Promise<Hasty> {
    const name = `${scheme}-${how}-${Math.random()}`
    const files = Array.from({ length: requests + 1 }, (_, index) => join(folder, `${name}-${index}`))
    const connections = files.map((touch): Step[] => ['request', { say: answer('ok') }, ...behind[how], { touch }])
    return new Hasty(await server().listen({ scheme, connections }), files)
  }

  /** Keeps the event loop busy until the server has done so with the connection of the answer that has come. */
  readonly compute = (): void => {
    const file = this.#files[this.#answers++] ?? ''
    const wait = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    const elapsed = wallClock()
    while (!existsSync(file) && elapsed() < hangs) wait(2)
    // From the one process to the kernel, and to this one's side of the connection.
    wait(20)
  }

  /** Computes whenever an answer's head has come: its body and end have come with it, and are told when this returns. */
  computeAtAnswers(): void {
    for (const head of heads) subscribe(head, this.compute)
  }

  [Symbol.dispose](): void {
    for (const head of heads) unsubscribe(head, this.compute)
  }
}

// One at a time: the event loop is everybody's.
describe.each(clientNames)(
  '%s: POSTs to a server that spoils each connection behind its answer, while the caller computes',
  (driver) => {
    const cases = (['http', 'https'] as const).flatMap((scheme) => (Object.keys(behind) as How[]).map((how) => ({ scheme, how })))

    const start = async (scheme: 'http' | 'https', how: How) => {
      const client = await loadClient({ driver })
      const handle = client.driver.open(client.module)
      const native = optionsFor(client.driver.family, { ca: probeCertificate })
      const pool = client.adapter.createPool({ maxConnections: 1, retryStale: false }, native, { strict: false })
      const hasty = await Hasty.listen(scheme, how)
      const post = async () => {
        const started = await handle.start(pool, { url: hasty.origin.url, method: 'POST', body: 'x' })
        return started.read()
      }
      return { pool, hasty, post: () => inTime(post().catch(String), 'the request') }
    }

    test.each(cases)('one after another, $scheme, $how', async ({ scheme, how }) => {
      const { pool, hasty, post } = await start(scheme, how)
      const answers: string[] = []
      for (let sent = 0; sent < requests; sent++) {
        answers.push(await post())
        hasty.compute()
      }
      expect(answers).toEqual(Array(requests).fill('ok'))
      expect((await hasty.origin.report()).requests).toHaveLength(requests)
      await pool.destroy()
    })

    test.each(cases)('queued, $scheme, $how', async ({ scheme, how }) => {
      const { pool, hasty: listening, post } = await start(scheme, how)
      using hasty = listening
      hasty.computeAtAnswers()
      const answers = await Promise.all(Array.from({ length: requests }, post))
      expect(answers).toEqual(Array(requests).fill('ok'))
      expect((await hasty.origin.report()).requests).toHaveLength(requests)
      await pool.destroy()
    })
  },
)
