import type { ClientSupport } from '../../adapter.ts'
import type { Requirement } from '../../engines/installed.ts'
import { nodeSupport } from '../node-http/support.ts'

/** What the adapter loads. */
export const requirement: Requirement = { name: 'agentkeepalive', range: '^4.5.0', install: 'agentkeepalive@4' }

export const support: ClientSupport = nodeSupport(
  'agentkeepalive',
  'http.get(url, { agent: pool.options.http }), and pool.options.https with https',
  { name: requirement.name, range: requirement.range },
  {
    keepAliveExpiry: {
      native: 'approximated',
      pool: 'enforced',
      message:
        'freeSocketTimeout; it also strikes a socket that has just been handed to a waiting request, and overrides a shorter hint of the server',
    },
    maxLifetime: {
      native: 'approximated',
      pool: 'enforced',
      message: 'socketActiveTTL; it is not checked when a socket is handed to a waiting request',
    },
    keepAliveHintMargin: {
      native: 'unsupported',
      pool: 'enforced',
      message: "agentkeepalive's own timer replaces the server's hint",
    },
    advice: [],
  },
)
