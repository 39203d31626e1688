import type { ClientSupport } from '../../adapter.ts'
import { heardByCaller, nodeSupport } from '../node-http/support.ts'

export const support: ClientSupport = nodeSupport(
  'node-fetch',
  'fetch(url, { ...pool.options })',
  { name: 'node-fetch', range: '^2.6.13 || ^3.3.2' },
  {
    acquireTimeout: heardByCaller("node-fetch 2's timeout counts from when there is a socket"),
    advice: [
      {
        field: 'body',
        support: 'approximated',
        message:
          'a response whose body is neither read nor aborted keeps its connection; in node-fetch 2 body.destroy() does not free it, an abort does',
      },
      {
        field: 'timeout',
        support: 'approximated',
        message: "node-fetch 2's timeout starts when the request has a connection: acquireTimeout bounds the wait",
      },
    ],
  },
)
