import { describe, expect, test } from 'vitest'
import { race, unclear } from './racing.ts'

const requests = 4000

// Once node has written a request, no agent can send it again. What is left is the instant in which the server's close and the request
// pass each other: measured, about one request in a hundred when each is sent just then. It grows with the time that the server's event
// loop takes for a turn, hence the distance.
const left = requests / 10

describe('clients on node’s agents, 20,000 requests together', { timeout: 90_000 }, () => {
  test.each(['node-http', 'agentkeepalive', 'axios', 'got', 'node-fetch'])(
    '%s fails only requests whose connection closed at that instant, and writes none twice',
    async (driver) => {
      const { failures, writes, server, again } = await race({ driver }, { requests })
      expect(unclear(failures)).toEqual([])
      expect(failures.length).toBeLessThan(left)
      expect([again, writes.repeated, server.repeated], 'requests that were sent twice').toEqual([0, [], []])
      expect(server.requests, 'requests that the server saw').toBe(requests - failures.length)
    },
  )
})
