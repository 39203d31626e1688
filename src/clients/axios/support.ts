import type { ClientSupport } from '../../adapter.ts'
import { heardByCaller, nodeSupport, withoutHttp2 } from '../node-http/support.ts'

export const support: ClientSupport = nodeSupport(
  'axios',
  'axios.create(pool.options)',
  { name: 'axios', range: '^1.1.0' },
  {
    acquireTimeout: heardByCaller('timeout only with maxRedirects: 0'),
    ...withoutHttp2(
      "with agents axios speaks HTTP/1.1: for HTTP/2 open a pool of polypool/fetch and give axios its fetch, axios.create({ adapter: 'fetch', env: { fetch: pool.fetch } })",
    ),
    tcpKeepAlive: {
      native: 'approximated',
      pool: 'approximated',
      message: 'axios sets TCP probes to 60 s on the socket of every request, whatever the agent says',
    },
    advice: [
      {
        field: 'proxy',
        support: 'unsupported',
        message:
          "the pool options switch axios' own way through a proxy off (proxy: false), also with HTTPS_PROXY in the environment; an https request with a proxy of its own leaves the agent, and with it every limit",
      },
      {
        field: 'adapter',
        support: 'unsupported',
        message:
          "axios' fetch adapter and httpVersion: 2 do not use agents: leave adapter and httpVersion alone, or give the fetch adapter the fetch of a pool of polypool/fetch (env: { fetch: pool.fetch }), by which axios has HTTP/2 too",
      },
      {
        field: 'timeout',
        support: 'approximated',
        message:
          "axios' own timeout starts when the request has a connection: acquireTimeout bounds the wait (with maxRedirects: 0 timeout covers it too)",
      },
    ],
  },
)
