import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { always, answer } from './answers.ts'
import type { Fault } from './run-fault.ts'
import type { Step } from './server/script.ts'
import { describeFaults } from './suite.ts'

/** By which the server tells a client whose event loop is blocked that it has done its part. */
const told = (at: number) => join(tmpdir(), `polypool-unread-${process.pid}-${at}`)

/** The client's event loop is busy while it comes, so that it lies unread in the kernel when the next request is sent. */
const unread: readonly Fault[] = [
  ...(['fin', 'close', 'rst'] as const).map((how) => ({ name: how, http2: true, steps: [how] })),
  { name: 'a stray answer', steps: [{ say: answer('forged') }] },
  { name: 'garbage', steps: [{ say: 'garbage' }] },
  { name: 'an empty line', steps: [{ say: '\r\n' }] },
].map(
  ({ name, http2 = false, steps }: { name: string; http2?: boolean; steps: readonly Step[] }, at): Fault => ({
    name: `${name}, unread when the next request is sent`,
    http2,
    schemes: ['http', 'https'],
    script: {
      connections: [
        ['request', { say: answer('ok') }, { wait: 20 }, ...steps, { touch: told(at) }, ...always('ok')],
        always('ok'),
      ],
    },
    config: { retryStale: false },
    // The pause first, so that the answer's own end has been dealt with.
    requests: [{}, { method: 'POST', body: 'x', after: 1, afterFile: told(at) }, {}],
    expected: [],
    seen: 3,
  }),
)

// One at a time: the blocked event loop is that of all.
describeFaults(unread, { concurrent: false })
