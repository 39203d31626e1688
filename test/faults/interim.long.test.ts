import { always, answer, answers } from './answers.ts'
import { aborted, byEngine, closed, type Expected, either, fails, reset, whole } from './expected.ts'
import type { Fault, FaultRequest } from './run-fault.ts'
import type { Step } from './server/script.ts'
import { describeFaults } from './suite.ts'

const interim = (status: number, head = '') => `HTTP/1.1 ${status} Interim\r\n${head}\r\n`
const hint = interim(103, 'Link: </style.css>; rel=preload\r\n')
const unasked: Expected = byEngine(
  { 'node-http': whole('ok'), undici: closed },
  'undici ends a connection that sends a 100 it has not asked for',
)

/** Before the answer. */
const floods: readonly Fault[] = [
  { name: 'one early hint', before: [{ say: hint }], expected: whole('ok') },
  { name: '2,000 early hints', before: [{ say: hint, times: 2000 }], expected: whole('ok') },
  { name: '2,000 early hints in one segment', before: [{ say: hint.repeat(2000) }], expected: whole('ok') },
  { name: '500 times 102', before: [{ say: interim(102).repeat(500) }], expected: whole('ok') },
  { name: 'a 100 that nobody asked for', before: [{ say: interim(100) }], expected: unasked },
  { name: '500 times 100', before: [{ say: interim(100).repeat(500) }], expected: unasked },
].map(({ name, before, expected }: { name: string; before: readonly Step[]; expected: Expected }) => ({
  name,
  schemes: ['http', 'https'],
  script: { connections: [['request', ...before, { say: answer('ok') }, ...always('ok')], always('ok')] },
  requests: [{}, {}],
  expected: [expected],
  connections: expected === unasked ? { 'node-http': 1, undici: 2 } : 1,
}))

/** A flood that does not end, until the caller has enough. */
const endless: Fault = {
  name: 'early hints without end',
  script: { connections: [['request', { each: [{ say: hint }, { wait: 1 }] }], always('ok')] },
  requests: [{ abortAfter: 100 }, {}],
  expected: [aborted],
  connections: 2,
}

/** `Connection: close` that comes late. */
const lateClose: readonly Fault[] = [
  {
    name: 'Connection: close in the second answer, which ends',
    steps: [...answers('ok'), ...answers('ok', 'Connection: close\r\n'), 'fin'] as const,
    connections: 2,
  },
  {
    name: 'Connection: close in the second answer of a server that goes on',
    steps: [...answers('ok'), ...answers('ok', 'Connection: close\r\n'), ...always('stale')],
    connections: 2,
  },
  {
    name: 'Connection: close with another answer behind',
    steps: ['request', { say: answer('ok', 'Connection: close\r\n') + answer('forged') }, ...always('stale')] as const,
    connections: 2,
  },
  {
    name: 'Connection: close with garbage behind',
    steps: ['request', { say: `${answer('ok', 'Connection: close\r\n')}garbage` }, ...always('stale')] as const,
    connections: 2,
  },
  {
    name: 'Keep-Alive: max=1 against Connection: keep-alive',
    steps: [
      'request',
      { say: answer('ok', 'Connection: keep-alive\r\nKeep-Alive: timeout=5, max=0\r\n') },
      ...always('stale'),
    ] as const,
    connections: 2,
  },
].map(({ name, steps, connections }: { name: string; steps: readonly Step[]; connections: number }) => ({
  name,
  schemes: ['http', 'https'],
  script: { connections: [steps, always('ok')] },
  requests: [{}, {}, {}] satisfies FaultRequest[],
  expected: [],
  connections,
}))

const closeInInterim: Fault = {
  name: 'Connection: close in a 103, then a whole answer without',
  script: {
    connections: [['request', { say: interim(103, 'Connection: close\r\n') + answer('ok') }, ...always('ok')], always('ok')],
  },
  requests: [{}, {}],
  expected: [byEngine({ 'node-http': fails('HPE_CLOSED_CONNECTION'), undici: fails('HTTPParserError') }, 'names')],
  connections: 2,
}

/** The answer comes before it is due. */
const early: readonly Fault[] = [
  {
    name: 'an answer on connect, before the request',
    schemes: ['http', 'https'],
    script: { connections: [[{ say: answer('early') }, ...always('late')], always('ok')] },
    requests: [{}, { after: 40 }],
    // Sent on a fresh connection, nobody can tell it from a fast answer, unless it comes before the request is written.
    expected: [either(whole('early'), closed, reset), either(whole('ok'), whole('late'))],
  },
  {
    name: 'an answer before the body of the request is whole',
    schemes: ['http', 'https'],
    script: { connections: [['head', { say: answer('ok') }, 'body', ...always('ok')], always('ok')] },
    requests: [{ method: 'POST', body: 'x'.repeat(2_000_000) }, {}, {}],
    expected: [either(whole('ok'), closed, reset)],
  },
  ...(['fin', 'close', 'rst'] as const).map(
    (how): Fault => ({
      name: `an answer before the body of the request is whole, then ${how}`,
      schemes: ['http', 'https'],
      script: { connections: [['head', { say: answer('no', 'Connection: close\r\n') }, how], always('ok')] },
      requests: [{ method: 'POST', body: 'x'.repeat(2_000_000) }, {}, {}],
      // RST can overtake an answer that has come and was not read yet.
      expected: [either(whole('no'), closed, reset)],
    }),
  ),
]

describeFaults([...floods, endless, ...lateClose, closeInInterim, ...early])
