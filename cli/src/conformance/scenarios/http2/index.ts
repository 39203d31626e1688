import type { Scenario } from '../../scenario.ts'
import { streamEndings } from './endings.ts'
import { goaways } from './goaway.ts'
import { life } from './life.ts'
import { protocols } from './protocols.ts'
import { streams } from './streams.ts'

/** Connections that carry many requests at one time. */
export const http2: readonly Scenario[] = [...protocols, ...streams, ...streamEndings, ...goaways, ...life]
