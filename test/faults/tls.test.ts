import { always } from './answers.ts'
import { closed, type Expected, either, fails, reset } from './expected.ts'
import type { Fault } from './run-fault.ts'
import type { OriginScript, Step } from './server/script.ts'
import { describeFaults } from './suite.ts'

interface Handshake extends Omit<OriginScript, 'scheme' | 'connections'> {
  readonly name: string
  readonly expected: Expected
}

/** What comes is not TLS, or is its refusal. */
const refused = fails('EPROTO', 'ERR_SSL_*')
const tooSoon = either(closed, reset)

const ended: readonly Handshake[] = (['fin', 'rst', 'close'] as const).flatMap((how) => [
  { name: `${how} before the first byte of the handshake`, insteadOfTls: [how], expected: tooSoon },
  { name: `${how} at the first byte of the handshake`, insteadOfTls: ['byte', how], expected: tooSoon },
])

// From within the header of the first record to within what follows the server's hello.
const cut: readonly Handshake[] = [1, 5, 60, 300].flatMap((bytes) =>
  (['fin', 'rst'] as const).map((by) => ({
    name: `${by} after ${bytes} bytes of the server's part`,
    cutHandshake: { bytes, by },
    expected: tooSoon,
  })),
)

const sayInstead = (text: string): Step[] => ['byte', { say: text }]

const answered: readonly Handshake[] = [
  { name: 'HTTP in plain text', insteadOfTls: sayInstead('HTTP/1.1 400 Bad Request\r\n\r\n'), expected: refused },
  { name: 'garbage', insteadOfTls: sayInstead('garbage that goes on\r\n\r\n'), expected: refused },
  { name: 'an alert', insteadOfTls: [...sayInstead('\x15\x03\x03\x00\x02\x02\x28'), 'fin'], expected: refused },
]

const timedOut = fails('ERR_POOL_CONNECT_TIMEOUT')

const stalled: readonly Handshake[] = [
  { name: 'a handshake that never begins', insteadOfTls: ['mute'], expected: timedOut },
  { name: 'a handshake that stops half way', insteadOfTls: sayInstead('\x16\x03\x03\x00\x7a'), expected: timedOut },
  {
    name: 'a handshake that drips',
    insteadOfTls: ['byte', { drip: '\x16\x03\x03\x00\x7a\x02'.padEnd(80, 'x'), everyMs: 10 }],
    expected: timedOut,
  },
]

const faultOf = ({ name, expected, ...script }: Handshake): Fault => ({
  name,
  http2: true,
  schemes: ['https'],
  script: { ...script, connections: [always('ok')] },
  ...(expected === timedOut ? { connectTimeout: 150 } : {}),
  requests: [{}, { method: 'POST', body: 'x' }],
  expected: [expected, expected],
  // What came instead of a handshake was not taken for a request.
  seen: 0,
})

describeFaults([...ended, ...cut, ...answered, ...stalled].map(faultOf))
