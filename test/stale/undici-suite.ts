import { describe, expect, test } from 'vitest'
import type { ClientSource } from '../../cli/src/conformance/client.ts'
import { mostFailures, mustHaveMet, race, unclear } from './racing.ts'
import { codeOf } from './traffic.ts'

/** What holds for clients whose engine sends a request again where that is safe. */
export function describeReplaying(title: string, source: ClientSource, { gets, posts }: { gets: number; posts: number }): void {
  describe(title, () => {
    test(`none of ${gets} GETs fails`, async () => {
      const found = await race(source, { requests: gets })
      const { failures, again, server } = found
      expect(failures.map(codeOf)).toEqual([])
      if (mustHaveMet(found)) expect(again, 'requests that met a closed connection').toBeGreaterThan(0)
      expect(server.requests, 'requests that the server saw').toBeGreaterThanOrEqual(gets)
    })

    test(`none of ${posts} POSTs is written twice, and one that fails says that the server closed the connection`, async () => {
      const found = await race(source, { requests: posts, method: 'POST' })
      const { failures, writes, server } = found
      expect(writes.byPath.size, 'POSTs that were written').toBe(posts)
      expect(writes.repeated, 'POSTs that were written twice').toEqual([])
      expect(server.repeated, 'POSTs that the server saw twice').toEqual([])
      expect(unclear(failures)).toEqual([])
      expect(failures.length, 'POSTs that failed').toBeLessThanOrEqual(mostFailures(found, posts))
    })
  })
}
