import type { Scenario } from '../../scenario.ts'
import { aborts } from './aborts.ts'
import { sessionsClosing } from './closing.ts'
import { streamEndings } from './endings.ts'
import { flow } from './flow.ts'
import { goaways } from './goaway.ts'
import { life } from './life.ts'
import { liveness } from './liveness.ts'
import { protocols } from './protocols.ts'
import { streams } from './streams.ts'

/** Connections that carry many requests at one time. */
export const http2: readonly Scenario[] = [
  ...protocols,
  ...streams,
  ...streamEndings,
  ...aborts,
  ...flow,
  ...goaways,
  ...life,
  ...liveness,
  ...sessionsClosing,
]
