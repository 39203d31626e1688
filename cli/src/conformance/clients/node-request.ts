import * as http from 'node:http'
import * as https from 'node:https'
import { type Duplex, Readable } from 'node:stream'
import { common, nodeBody, plainHeaders, poolOptions, startedWith } from './shared.ts'
import type { ClientDriver, ClientHandle, ClientRequest, Started } from './types.ts'

interface Agents {
  readonly http: http.Agent
  readonly https: http.Agent
}

/** node:http's own `request`, for every adapter whose options are a pair of agents. */
const handle: ClientHandle = {
  start(pool, request) {
    return new Promise<Started>((resolve, reject) => {
      const sent = open(pool, request)
      sent.on('error', reject)
      sent.on('response', (response) => {
        request.onResponse?.()
        resolve(startedWith(response.statusCode ?? 0, plainHeaders(response.headers), response))
      })
      write(sent, request)
    })
  },
  tunnel(pool, request, kind) {
    return new Promise<Duplex>((resolve, reject) => {
      const upgrade = kind === 'upgrade'
      const headers = upgrade ? { connection: 'upgrade', upgrade: 'echo' } : {}
      const sent = open(pool, { ...request, headers: { ...headers, ...request.headers }, method: upgrade ? 'GET' : 'CONNECT' })
      sent.on('error', reject)
      sent.on(upgrade ? 'upgrade' : 'connect', (_response: http.IncomingMessage, socket: Duplex) => resolve(socket))
      sent.end()
    })
  },
}

function open(
  pool: { readonly options: unknown },
  { url, method = 'GET', headers, signal, abortBy }: ClientRequest,
): http.ClientRequest {
  const agents = poolOptions<Agents>(pool)
  const secure = url.startsWith('https:')
  const bySignal = signal !== undefined && abortBy !== 'destroy'
  const sent = (secure ? https : http).request(url, {
    agent: secure ? agents.https : agents.http,
    method,
    headers: { ...headers },
    ...(bySignal ? { signal } : {}),
  })
  if (signal && !bySignal) signal.addEventListener('abort', () => sent.destroy(), { once: true })
  return sent
}

function write(sent: http.ClientRequest, request: ClientRequest): void {
  const body = nodeBody(request)
  if (body instanceof Readable) body.on('error', () => {}).pipe(sent)
  else if (request.headers?.expect === undefined) sent.end(body)
  else sent.on('continue', () => sent.end(body)).flushHeaders()
}

const abilities: ClientDriver['abilities'] = [
  ...common,
  'upgrade',
  'connect-method',
  'expect',
  'destroy',
  'callback',
  'raw-errors',
]

export const nodeHttp: ClientDriver = {
  name: 'node-http',
  adapter: 'node-http',
  module: null,
  family: 'node',
  abilities,
  open: () => handle,
}

export const agentkeepalive: ClientDriver = {
  name: 'agentkeepalive',
  adapter: 'agentkeepalive',
  module: null,
  family: 'node',
  abilities,
  open: () => handle,
}
