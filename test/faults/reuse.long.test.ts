import { always, answer, answers } from './answers.ts'
import { aborted, byEngine, closed, either, reset, whole } from './expected.ts'
import type { Fault } from './run-fault.ts'
import type { Step } from './server/script.ts'
import { describeFaults } from './suite.ts'

const ends = ['fin', 'close', 'rst'] as const
const post = { method: 'POST', body: 'x' }
const noRetry = 'node:http cannot send a request a second time; undici is given it again where that is safe'

/** The first request is answered, the second meets the end of the connection, a third connection is in order. */
const atReuse = (name: string, until: Step): Fault[] =>
  ends.flatMap((how): Fault[] => {
    const error = how === 'fin' ? closed : reset
    const script = { connections: [[...answers('ok'), until, how], always('ok')] }
    return [
      {
        name: `${how} at ${name} of a second GET`,
        http2: true,
        schemes: ['http', 'https'],
        script,
        requests: [{}, {}, {}],
        expected: [whole('ok'), byEngine({ 'node-http': error, undici: whole('ok') }, noRetry)],
        connections: 2,
      },
      {
        name: `${how} at ${name} of a second GET, retryStale false`,
        http2: true,
        script,
        config: { retryStale: false },
        requests: [{}, {}, {}],
        expected: [whole('ok'), error],
        connections: 2,
      },
      {
        name: `${how} at ${name} of a POST`,
        http2: true,
        schemes: ['http', 'https'],
        script,
        requests: [{}, post, {}],
        expected: [whole('ok'), error],
        connections: 2,
      },
    ]
  })

/** The end is on its way while the next request is sent: whether it is met nobody can know, but it never hangs and never is sent twice. */
const races: readonly Fault[] = ends.flatMap((how) =>
  [0, 1, 2, 5].map(
    (wait): Fault => ({
      name: `${how} ${wait} ms after each answer, POSTs without a pause`,
      http2: true,
      schemes: ['http', 'https'],
      script: { connections: [['request', { say: answer('ok') }, { wait }, how]] },
      requests: Array.from({ length: 8 }, () => post),
      expected: Array.from({ length: 8 }, () => either(whole('ok'), closed, reset)),
    }),
  ),
)

/** Said on an idle connection that the client watches. */
const strays: readonly Fault[] = [
  { name: 'a stray answer', say: answer('forged'), connections: 2 },
  { name: 'half a stray answer', say: answer('forged').slice(0, 20), connections: 2 },
  { name: 'garbage', say: 'garbage', connections: 2 },
  // Between messages it is allowed: whether the connection is kept is the client's choice.
  { name: 'an empty line', say: '\r\n' },
].map(({ name, say, connections }: { name: string; say: string; connections?: number }) => ({
  name: `${name} on an idle connection`,
  schemes: ['http', 'https'],
  script: { connections: [['request', { say: answer('ok') }, { gate: 'stray' }, { say }, ...always('ok')], always('ok')] },
  config: { retryStale: false },
  requests: [{}, { ...post, afterGate: 'stray' }, {}],
  expected: [],
  seen: 3,
  ...(connections === undefined ? {} : { connections }),
}))

const halfOpen: readonly Fault[] = [
  {
    name: 'a peer that ends its side with the answer and reads on',
    http2: true,
    schemes: ['http', 'https'],
    script: { connections: [[...answers('ok'), 'fin']], neverEnds: true },
    requests: [{}, { ...post, afterScripts: 1 }, { afterScripts: 2 }],
    expected: [],
    seen: 3,
    connections: 3,
  },
  {
    name: 'a peer that ends its side while a body comes, and reads on',
    http2: true,
    schemes: ['http', 'https'],
    script: { connections: [['head', 'fin'], always('ok')], neverEnds: true },
    requests: [{ method: 'POST', body: 'x'.repeat(3_000_000) }, {}],
    expected: [either(closed, reset)],
  },
  {
    name: 'a peer that never ends its side after ours, the idle connection expired',
    http2: true,
    schemes: ['http', 'https'],
    script: { connections: [always('ok')], neverEnds: true },
    config: { keepAliveExpiry: 20 },
    requests: [{}, { after: 60 }, { after: 60 }],
    expected: [],
    connections: 3,
  },
  {
    name: 'a peer that never ends its side after ours, the request aborted',
    schemes: ['http', 'https'],
    script: {
      connections: [['request'], ['request', { say: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n01' }], always('ok')],
      neverEnds: true,
    },
    requests: [{ abortAfter: 40 }, { abortAfter: 40 }, {}],
    expected: [aborted, aborted],
    connections: 3,
  },
]

describeFaults([...atReuse('the first byte', 'byte'), ...atReuse('the whole', 'request'), ...races, ...strays, ...halfOpen])
