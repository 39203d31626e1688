import type { ClientSupport } from '../../adapter.ts'
import { enforced, heardByCaller, nodeSupport, retryStale, withoutHttp2 } from '../node-http/support.ts'

export const support: ClientSupport = nodeSupport(
  'got',
  'got.extend(pool.options)',
  { name: 'got', range: '>=14 <17' },
  {
    acquireTimeout: heardByCaller('timeout.request only when there is a socket'),
    connectTimeout: enforced(
      'unsupported',
      "agents have no limit for TCP and TLS set-up; got's own timeout.connect and timeout.secureConnect bound one each",
    ),
    ...withoutHttp2(
      'got leaves its agents where it speaks HTTP/2, and with them every limit: open a pool of polypool/undici or polypool/fetch for what is to speak HTTP/2',
    ),
    dnsCacheTtl: enforced('unsupported', "agents do not cache look-ups; got's own dnsCache does"),
    retryStale: {
      ...retryStale,
      message: "got's own retry repeats what is idempotent, after a second, and answers of some statuses as well",
    },
    advice: [
      {
        field: 'request',
        support: 'unsupported',
        message:
          "got's HTTP/2 gets round every agent; request of the pool options holds got to HTTP/1.1, also with http2: true of its own, unless a request of yours replaces it",
      },
      {
        field: 'retry',
        support: 'native',
        message:
          'got retries by itself and waits for a connection each time; pool errors are not retried unless retry.errorCodes names their code',
      },
    ],
  },
)
