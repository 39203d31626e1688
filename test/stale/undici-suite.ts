import { describe, expect, test } from 'vitest'
import type { ClientSource } from '../../src/conformance/client.ts'
import { race, unclear } from './racing.ts'
import { codeOf } from './traffic.ts'

// Some seconds; several times as many on a busy machine.
const timeout = 90_000

const posts = 5000

/** What holds for clients whose engine sends a request again where that is safe. */
export function describeReplaying(title: string, source: ClientSource, requests: number): void {
  describe(title, { timeout }, () => {
    test(`none of ${requests} GETs fails`, async () => {
      const { failures, again, server } = await race(source, { requests })
      expect(failures.map(codeOf)).toEqual([])
      expect(again, 'requests that met a closed connection').toBeGreaterThan(0)
      expect(server.requests, 'requests that the server saw').toBeGreaterThanOrEqual(requests)
    })

    test(`none of ${posts} POSTs is written twice, and one that fails says that the server closed the connection`, async () => {
      const { failures, writes, server } = await race(source, { requests: posts, method: 'POST' })
      expect(writes.byPath.size, 'POSTs that were written').toBe(posts)
      expect(writes.repeated, 'POSTs that were written twice').toEqual([])
      expect(server.repeated, 'POSTs that the server saw twice').toEqual([])
      expect(unclear(failures)).toEqual([])
      expect(failures.length, 'POSTs that failed').toBeLessThan(posts / 10)
    })
  })
}
