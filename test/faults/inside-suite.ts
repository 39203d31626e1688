import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Inside, InsideReport } from './children/inside-undici.ts'
import { runChild } from './run-child.ts'
import { testTimeout } from './run-fault.ts'

/**
 * Acts from inside of undici, in processes of their own: an uncaught exception is the test runner's otherwise.
 *
 * @param every one of so many cases is run; there are some 2,000
 * @param processes in which they run one after another
 */
export function describeInside(every: number, processes: number): void {
  describe.each(['undici', 'undici7'] as const)('%s', { timeout: 10 * testTimeout }, (engine) => {
    test('what is done from inside of it ends as without a pool, and the pool goes on', async () => {
      const url = await serve()
      const other = await refusing()
      for (let part = 0; part < processes; part++) {
        const name = `${part}/${every * processes}`
        const { reports, stderr, code } = await runChild(
          'inside-undici',
          { engine, url, other, name },
          undefined,
          5 * testTimeout,
        )
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        const all = reports as readonly InsideReport[]
        expect(all.length).toBeGreaterThan(1000 / (every * processes))
        // The comparison is of something.
        expect(all.filter(({ pooled }) => pooled.came).length).toBeGreaterThan(all.length / 2)
        expect(all.flatMap(problemsOf)).toEqual([])
      }
    })
  })
}

function problemsOf(report: InsideReport): readonly object[] {
  const { native, pooled, ...one } = report
  const { left, ...found } = pooled
  const sound =
    pooled.closed &&
    pooled.ends <= Math.max(1, native.ends) &&
    (pooled.end !== 'pending' || native.end === 'pending') &&
    pooled.inner !== 'pending' &&
    pooled.next !== 'pending' &&
    pooled.uncaught.every((message) => native.uncaught.includes(message))
  const empty = left?.open === 0 && left.active === 0 && left.pending === 0
  const same = differs(report) || JSON.stringify(found) === JSON.stringify(native)
  return sound && empty && same ? [] : [{ ...one, native, pooled }]
}

/** Where the pool is not as undici: undici itself breaks, or the caller can reach a request that undici does not know yet. */
function differs({ place, action, body, native, pooled }: InsideReport): boolean {
  if (breaks(native)) return true
  // The pool begins a request before undici looks at its body.
  if (body === 'Readable that has failed' && place === 'onRequestStart') return pooled.came && !native.came
  const early = ['undici:request:create', 'undici:client:beforeConnect', 'undici:client:connected', 'undici:client:connectError']
  // undici reads it piece by piece in turns of its own: whether the answer comes before its end is told is a race, on both sides.
  if (body === 'Blob' && /sent$/i.test(place)) return true
  // It can be aborted while it waits or connects, and the pool has taken it before undici's Client has.
  if (early.includes(place)) return action === 'abort' || action === 'close' || action.startsWith('destroy')
  return false
}

const breaks = ({ uncaught, end }: Inside) => uncaught.length > 0 || end === 'pending' || end === 'ERR_ASSERTION'

async function serve(): Promise<string> {
  const server = http.createServer((request, response) => {
    request.on('error', () => {}).resume()
    request.on('end', () => (request.url === '/reset' ? request.socket.resetAndDestroy() : response.end('ok')))
  })
  server.keepAliveTimeout = 10 * testTimeout
  server.on('clientError', (_error, socket) => socket.destroy())
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => {}).resume()
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A port where nobody listens. */
async function refusing(): Promise<string> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}
