import { always, answer, chunk, chunkedHead } from './answers.ts'
import { aborted, byEngine, closed, type Expected, fails, invalid, invalidBody, whole } from './expected.ts'
import type { Fault, FaultRequest } from './run-fault.ts'
import type { Step } from './server/script.ts'
import { describeFaults } from './suite.ts'

/** Answers that are not as they should be. */
interface Malformed {
  readonly name: string
  readonly say: string
  readonly expected: Expected
  readonly request?: FaultRequest
}

const ok = 'HTTP/1.1 200 OK\r\n'
const forged = answer('forged')
const overflow = byEngine({ 'node-http': fails('HPE_HEADER_OVERFLOW'), undici: fails('UND_ERR_HEADERS_OVERFLOW') }, 'names')

const noHttp: readonly Malformed[] = [
  { name: 'text', say: 'this is no HTTP\r\n\r\n', expected: invalid },
  { name: 'binary', say: '\x00\x01\x02\xff\xfe\r\n\r\n', expected: invalid },
  { name: 'HTTP/2 frames', say: '\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80', expected: invalid },
  { name: 'another version', say: 'HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\nok', expected: invalid },
  { name: 'a status that is no number', say: 'HTTP/1.1 OK 200\r\n\r\n', expected: invalid },
  { name: 'a header without a name', say: `${ok}: value\r\n\r\n`, expected: invalid },
  { name: 'a NUL in a header', say: `${ok}X-A: a\0b\r\nContent-Length: 2\r\n\r\nok`, expected: invalid },
  { name: 'headers of 100 kB', say: `${ok}X-A: ${'a'.repeat(100_000)}\r\nContent-Length: 2\r\n\r\nok`, expected: overflow },
  { name: '5,000 headers', say: `${ok}${'X-Some-Header: a\r\n'.repeat(5000)}Content-Length: 2\r\n\r\nok`, expected: overflow },
]

const lengths: readonly Malformed[] = [
  {
    name: 'a length and chunks',
    say: `${ok}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('okok')}0\r\n\r\n`,
    expected: invalid,
  },
  { name: 'two lengths that differ', say: `${ok}Content-Length: 2\r\nContent-Length: 4\r\n\r\nokok`, expected: invalid },
  { name: 'a negative length', say: `${ok}Content-Length: -2\r\n\r\nok`, expected: invalid },
  { name: 'a length beyond all numbers', say: `${ok}Content-Length: 99999999999999999999\r\n\r\nok`, expected: invalid },
  { name: 'a chunk whose length is no number', say: `${chunkedHead}zz\r\nok\r\n0\r\n\r\n`, expected: invalidBody },
  { name: 'a chunk longer than it says', say: `${chunkedHead}2\r\nokok\r\n0\r\n\r\n`, expected: invalidBody },
]

const without = (status: number) =>
  byEngine(
    { 'node-http': whole('', status), undici: whole('', status), undici7: fails('UND_ERR_RES_CONTENT_LENGTH_MISMATCH') },
    'undici 7 misses the body that the length announces',
  )

/** Right as far as the answer goes; what follows it is nobody's, and above all not the next request's. */
const surplus: readonly Malformed[] = [
  { name: 'a longer body than announced', say: `${answer('ok')}surplus`, expected: whole('ok') },
  { name: 'an answer too many', say: answer('ok') + forged, expected: whole('ok') },
  { name: 'many answers too many', say: answer('ok') + forged.repeat(1000), expected: whole('ok') },
  { name: 'a chunk after the last', say: `${chunkedHead}${chunk('ok')}0\r\n\r\n${chunk('more')}`, expected: whole('ok') },
  { name: 'a 204 with a body', say: 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok', expected: without(204) },
  { name: 'a 204 with an answer as body', say: `HTTP/1.1 204 No Content\r\n\r\n${forged}`, expected: whole('', 204) },
  { name: 'a 304 with a body', say: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok', expected: without(304) },
  { name: 'a HEAD with a body', say: answer('ok'), request: { method: 'HEAD' }, expected: whole('') },
  {
    name: 'a HEAD with an answer as body',
    say: `${ok}Content-Length: 2\r\n\r\n${forged}`,
    request: { method: 'HEAD' },
    expected: whole(''),
  },
]

/** What the first request gets; then the connection goes on answering, so that a next one that came on it would get something wrong. */
const faultOf = ({ name, say, expected, request = {} }: Malformed): Fault => ({
  name,
  script: { connections: [['request', { say }, ...always('stale')], always('ok')] },
  requests: [request, { after: 30 }, { method: 'POST', body: 'x' }],
  expected: [expected],
  connections: 2,
})

const noSurprise: readonly Fault[] = [
  {
    name: 'an answer of HTTP/1.0 without a length, ended',
    script: { connections: [['request', { say: 'HTTP/1.0 200 OK\r\n\r\nok' }, 'fin']] },
    requests: [{}, {}],
    expected: [],
    connections: 2,
  },
  {
    name: 'an answer of HTTP/1.0 with a length: its connection is not used again',
    script: {
      connections: [['request', { say: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok' }, ...always('stale')], always('ok')],
    },
    requests: [{}, {}],
    expected: [],
    connections: 2,
  },
  {
    name: 'an answer of HTTP/1.0 that keeps the connection',
    script: {
      connections: [
        ['request', { say: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok' }, ...always('ok')],
      ],
    },
    requests: [{}, {}],
    expected: [],
    connections: 1,
  },
  {
    name: 'the beginning of another answer in the same segment',
    script: {
      connections: [['request', { say: `${answer('ok')}HTTP/1.1 200 OK\r\nContent-Le` }, ...always('ok')], always('ok')],
    },
    requests: [{}, { after: 30 }],
    expected: [],
    // The parser of node:http drops what it has begun with its request; undici's shows it.
    connections: { 'node-http': 1, undici: 2 },
  },
  {
    name: 'an upgrade that nobody asked for',
    script: {
      connections: [
        ['request', { say: 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello' }],
        always('ok'),
      ],
    },
    requests: [{}, {}],
    expected: [byEngine({ 'node-http': fails('CLOSED'), undici: closed }, 'node:http closes without an error')],
    connections: 2,
  },
  {
    name: 'a shorter body than announced, until the caller has enough',
    script: { connections: [['request', { say: `${ok}Content-Length: 9\r\n\r\nok` }], always('ok')] },
    requests: [{ abortAfter: 60 }, {}],
    expected: [aborted],
    connections: 2,
  },
  {
    name: 'trailers, and extensions of chunks',
    script: {
      connections: [
        [
          {
            each: [
              'request',
              { say: `${ok}Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2;a=b\r\nok\r\n0\r\nX-T: t\r\n\r\n` },
            ] satisfies Step[],
          },
        ],
      ],
    },
    requests: [{}, {}],
    expected: [],
    connections: 1,
  },
]

describeFaults([...[...noHttp, ...lengths, ...surplus].map(faultOf), ...noSurprise])
