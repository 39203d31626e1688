import { always, answer, chunk, chunkedHead } from './answers.ts'
import { closed, type Expected, reset, whole } from './expected.ts'
import type { Fault } from './run-fault.ts'
import type { Step } from './server/script.ts'
import { describeFaults } from './suite.ts'

/** How far an exchange has come when the server ends it. */
interface Stage {
  readonly name: string
  readonly before: readonly Step[]
  /** Over HTTP/2 there is no such moment, or another has come to the same. */
  readonly http2?: false
  /** Instead of an error. */
  readonly expected?: Expected
}

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'

const stages: readonly Stage[] = [
  { name: 'as soon as it is accepted', before: [] },
  { name: 'at the first byte of the request', before: ['byte'] },
  { name: 'before the status line', before: ['request'] },
  { name: 'within the status line', http2: false, before: ['request', { say: 'HTTP/1.1 20' }] },
  { name: 'within the headers', http2: false, before: ['request', { say: head.slice(0, 30) }] },
  { name: 'before the last line end of the headers', http2: false, before: ['request', { say: head.slice(0, -2) }] },
  { name: 'between headers and body', before: ['request', { say: head }] },
  { name: 'within a body with a length', before: ['request', { say: `${head}012345678` }] },
  { name: 'within the length of a chunk', http2: false, before: ['request', { say: `${chunkedHead}1` }] },
  { name: 'within a chunk', before: ['request', { say: `${chunkedHead}a\r\n0123` }] },
  { name: 'between chunks', before: ['request', { say: chunkedHead + chunk('0123') }] },
  { name: 'before the last line end of the chunks', before: ['request', { say: `${chunkedHead + chunk('0123')}0\r\n` }] },
  {
    // The end of the connection is the end of the body. Both clients take RST for it too; node:http tells of it by the request's 'error'.
    name: 'within a body without a length',
    http2: false,
    before: ['request', { say: 'HTTP/1.1 200 OK\r\n\r\n0123' }],
    expected: whole('0123'),
  },
]

const ends = [
  { how: 'fin', error: closed },
  { how: 'close', error: reset },
  { how: 'rst', error: reset },
] as const

const post = { method: 'POST', body: 'x'.repeat(1000) }

// Twice on fresh connections, then a whole answer: what failed was the connection, not the origin.
const ended: readonly Fault[] = stages.flatMap(({ name, before, expected = null, http2 = true }) =>
  ends.map(({ how, error }) => ({
    name: `${how} ${name}`,
    http2,
    schemes: ['http', 'https'] as const,
    script: { connections: [[...before, how], [...before, how], always('ok')] },
    requests: [{}, post, {}],
    expected: [expected ?? error, expected ?? error, whole('ok')],
    connections: 3,
  })),
)

const afterAnswer: readonly Fault[] = ends.flatMap(({ how }) =>
  [0, 1, 30].map((wait) => ({
    name: `${how} ${wait} ms after a whole answer that promised to keep the connection`,
    http2: true,
    schemes: ['http', 'https'] as const,
    script: { connections: [['request', { say: answer('ok') }, { wait }, how], always('ok')] },
    // The end has come then: it is known, and a POST is not risked on it.
    requests: [{}, { ...post, afterScripts: 1 }],
    expected: [whole('ok'), whole('ok')],
    seen: 2,
    connections: 2,
  })),
)

describeFaults([...ended, ...afterAnswer])
