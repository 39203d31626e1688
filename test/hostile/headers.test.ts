import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { HintReader, parseKeepAliveHint } from '../../src/pool/hint.ts'
import { draws } from '../draws.ts'
import { serveRaw, wires } from '../security/wire.ts'
import { effort } from '../time.ts'
import { patience, settling } from './support.ts'

const number = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom(
    '-1',
    '+5',
    '1e3',
    '0x10',
    '1.5',
    ' 7 ',
    '٣',
    '',
    '9'.repeat(10),
    '9'.repeat(400),
    'NaN',
    'Infinity',
    '00000000005',
    '5;6',
    '"5"',
  ),
)
const name = fc.constantFrom('timeout', 'max', 'TIMEOUT', ' timeout ', 'timeout\t', '__proto__', 'constructor', 'x', '')
const parameter = fc.oneof(
  fc.tuple(name, number).map(([key, value]) => `${key}=${value}`),
  fc.string({ maxLength: 10 }),
  fc.constantFrom('=', '==', ',', 'timeout', 'timeout=5=6'),
)
const header = fc.oneof(
  fc.array(parameter, { maxLength: 8 }).map((parts) => parts.join(', ')),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'timeout=5,'.repeat(100_000),
    'x'.repeat(1_000_000),
    ','.repeat(1_000_000),
    '='.repeat(1_000_000),
    `timeout=${'9'.repeat(1_000_000)}`,
  ),
)

describe('a Keep-Alive header', () => {
  it('gives numbers that a timer and a count can be, whatever it says', () => {
    const reader = new HintReader()
    fc.assert(
      fc.property(header, (text) => {
        const spent = effort()
        const hint = parseKeepAliveHint(text)
        expect(spent()).toBeLessThan(patience)
        expect(Object.keys(hint)).toEqual(['timeout', 'max'])
        for (const value of Object.values(hint)) {
          expect(value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= 0)).toBe(true)
        }
        expect(reader.read(text)).toEqual(hint)
        expect(reader.read(text)).toEqual(hint)
      }),
      { numRuns: draws(2000) },
    )
  })
})

/** Answers whose headers are made to hurt whoever reads them. Each fits into what clients take, or is refused by them. */
const answers: readonly (readonly [name: string, headers: string])[] = [
  ['a huge timeout', 'keep-alive: timeout=9999999999'],
  ['a number beyond all', `keep-alive: timeout=${'9'.repeat(4000)}, max=${'9'.repeat(4000)}`],
  ['nothing left', 'keep-alive: timeout=0, max=0'],
  ['negative numbers', 'keep-alive: timeout=-1, max=-1'],
  ['an empty value', 'keep-alive:'],
  ['many parameters', `keep-alive: ${'timeout=5, max=3, '.repeat(400)}`],
  ['many of them', 'keep-alive: timeout=5\r\n'.repeat(400).trim()],
  ['one that another takes back', 'keep-alive: timeout=5\r\nkeep-alive: timeout=0'],
  ['names of objects', 'keep-alive: __proto__=1, constructor=2\r\n__proto__: x\r\nconstructor: y\r\ntoString: z'],
  ['bytes beyond ASCII', 'keep-alive: timeout=\u00b2\u00b3, \u00ff=1'],
  ['unusual spelling', 'KEEP-alive: TimeOut = 5 , MAX = 2'],
  ['a megabyte', `keep-alive: ${'timeout=5, '.repeat(100_000)}`],
  ['a hundred thousand headers', 'x: y\r\n'.repeat(100_000).trim()],
  ['a Connection of its own mind', 'connection: keep-alive, close, upgrade, timeout=5'],
  ['other lists', `connection: ${'keep-alive, '.repeat(500)}`],
]

describe.each(wires)('$name', (wire) => {
  it.each(answers)('lives with %s in an answer', async (_, headers) => {
    const server = await serveRaw((socket) => {
      socket.on('data', (data) => {
        const more = String(data).startsWith('GET /plain') ? 'x: y' : headers
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n${more}\r\n\r\nok`, 'latin1')
      })
    })
    const client = wire.open({ maxConnections: 1 })
    for (let round = 0; round < 3; round++) {
      const spent = effort()
      const outcome = await client.ask(server.origin, { path: `/${round}` }).catch((error: unknown) => error)
      expect(spent()).toBeLessThan(patience)
      if (outcome instanceof Error)
        expect((outcome as NodeJS.ErrnoException).code).toMatch(/HPE_|UND_ERR_HEADERS_OVERFLOW|ECONNRESET|EPIPE|UND_ERR_SOCKET/)
      else expect(outcome).toMatchObject({ status: 200, body: 'ok' })
    }
    // Whatever became of them, the place is free, and nothing of it stays.
    expect(await client.ask(server.origin, { path: '/plain' })).toMatchObject({ status: 200, body: 'ok' })
    await vi.waitFor(() => expect(client.pool.stats()).toMatchObject({ active: 0, pending: 0 }), settling)
    expect(client.pool.stats().open).toBeLessThanOrEqual(1)
    expect('timeout' in {}).toBe(false)
  })
})
