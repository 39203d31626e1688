import type { Scenario } from '../../scenario.ts'
import { throughProxy } from '../through.ts'
import { aborts } from './aborts.ts'
import { sessionsClosing } from './closing.ts'
import { streamEndings } from './endings.ts'
import { flow } from './flow.ts'
import { goaways } from './goaway.ts'
import { life } from './life.ts'
import { liveness } from './liveness.ts'
import { protocols } from './protocols.ts'
import { streams } from './streams.ts'

const direct = [
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

/** What is tried through proxies of each kind, and of HTTP besides. */
const few = [
  'cold-burst',
  'server-limit',
  'abort-sending',
  'goaway-hard',
  'goaway-every-few-requests-hard',
  'goaway-every-few-requests-graceful',
  'goaway-every-few-ms-graceful',
  'fallback',
  'shared-budget',
]
const more = [
  'one-connection',
  'cap',
  'limit-raised',
  'limit-lowered',
  'limit-zero',
  'fullest-first',
  'no-block',
  'abort-waiting',
  'abort-unanswered',
  'abort-receiving',
  'upload-beside',
  'slow-reader',
  'refused-stream',
  'reset-cancel',
  'fin-mid-stream',
  'rst-mid-stream',
  'ending-trailers',
  'ending-interim',
  'ending-head',
  'goaway-graceful',
  'goaway-goes-on',
  'goaway-keeps-turn',
  'goaway-every-few-requests-announced',
  'goaway-every-few-ms-hard',
  'expiry',
  'lifetime',
  'max-requests',
  'overflow',
  'max-idle',
  'preconnect',
  'dead-peer',
  'two-behind-one-name',
  'alpn-lies',
  'drain-event',
  'busy-session-yields',
  'idle-session-yields',
  'close',
  'destroy',
]

const proxied = direct.flatMap((scenario) => {
  const name = scenario.id.replace('http2/', '')
  const kinds = few.includes(name) ? (['http', 'https', 'socks5'] as const) : more.includes(name) ? (['http'] as const) : []
  return kinds.map((kind) => throughProxy(scenario, `http2/through-${kind}-${name}`, { kind }))
})

/** Connections that carry many requests at one time. */
export const http2: readonly Scenario[] = [...direct, ...proxied]
