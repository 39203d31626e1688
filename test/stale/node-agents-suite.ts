import { expect, test } from 'vitest'
import { clientNames, clients } from '../../src/clients/index.ts'
import { mostFailures, race, unclear } from './racing.ts'

export const nodeAgents = clientNames.filter((name) => clients[name].engine === 'node-agent')

// Once node has written a request, no agent can send it again. What is left is the instant in which the server's close and the request
// pass each other: measured, about one request in a hundred when each is sent just then. It grows with the time that the server's event
// loop takes for a turn.
export function testNodeAgents(drivers: readonly string[], requests: number): void {
  test.each(drivers)('%s fails only requests whose connection closed at that instant, and writes none twice', async (driver) => {
    const found = await race({ driver }, { requests })
    const { failures, writes, server, again } = found
    expect(unclear(failures)).toEqual([])
    expect(failures.length).toBeLessThanOrEqual(mostFailures(found, requests))
    expect([again, writes.repeated, server.repeated], 'requests that were sent twice').toEqual([0, [], []])
    expect(server.requests, 'requests that the server saw').toBe(requests - failures.length)
  })
}
