import { test } from 'vitest'
import { play } from './player.ts'
import { type Operation, origins, type Scenario } from './scenarios.ts'

// What the property test has once taken for the core's fault: the model says what the contract says there, too.

const scenario = (fields: Partial<Scenario>): Scenario => ({
  config: {},
  closing: 'when told',
  deadCloseAtOnce: false,
  keepsLanes: false,
  h2: [],
  asksAgain: false,
  seed: 1,
  operations: [],
  ...fields,
})

const then = 'nothing'
const ask = (origin: number, times = 1): Operation => ({ do: 'request', member: 0, origin, lane: 'plain', times, then })

test('an event loop that is busy twice without a pause has been busy for both times together', () => {
  play(
    scenario({
      config: { maxConnections: 1, acquireTimeout: 20 },
      operations: [
        ask(0, 2),
        { do: 'busy', ms: 25 },
        { do: 'busy', ms: 11 },
        { do: 'turn' },
        { do: 'advance', ms: 11 },
        { do: 'advance', ms: 4 },
      ],
    }),
  )
})

test('a connection may have allowed no requests that has closed at once for somebody else', () => {
  play(
    scenario({
      config: { maxConnections: 1, block: false, maxOverflow: 0 },
      closing: 'at once',
      h2: [...origins],
      operations: [
        ask(1, 2),
        { do: 'connect', index: 0, h2: true, settings: 0 },
        { do: 'release', index: 0, nth: 0, reusable: true, hint: undefined },
        ask(0),
      ],
    }),
  )
})
