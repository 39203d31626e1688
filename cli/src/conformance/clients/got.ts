import type { Readable } from 'node:stream'
import { common, defined, nodeBody, plainHeaders, poolOptions, startedWhole, startedWith } from './shared.ts'
import type { ClientDriver, ClientRequest, Started } from './types.ts'

interface GotResponse {
  readonly statusCode: number
  readonly headers: object
  readonly body: string
}

interface Got {
  (url: string, options: object): Promise<GotResponse>
  extend(options: object): Got
  stream(url: string, options: object): Readable
}

export const got: ClientDriver = {
  name: 'got',
  adapter: 'got',
  module: 'got',
  family: 'node',
  abilities: [...common, 'redirect', 'timeout-while-waiting'],
  open(module) {
    const { default: library } = module as { default: Got }
    return {
      async start(pool, request) {
        const api = library.extend(poolOptions<object>(pool))
        return request.readBody === undefined || request.readBody === 'all' ? whole(api, request) : streamed(api, request)
      },
    }
  },
}

async function whole(api: Got, request: ClientRequest): Promise<Started> {
  const answer = await api(request.url, gotOptions(request))
  request.onResponse?.()
  return startedWhole(answer.statusCode, plainHeaders(answer.headers), answer.body)
}

function streamed(api: Got, request: ClientRequest): Promise<Started> {
  return new Promise((resolve, reject) => {
    const body = api.stream(request.url, gotOptions(request))
    body.on('error', reject)
    body.on('response', (response: GotResponse) => {
      request.onResponse?.()
      resolve(startedWith(response.statusCode, plainHeaders(response.headers), body))
    })
  })
}

function gotOptions(request: ClientRequest): object {
  const { method, headers, signal, timeoutMs, maxRedirects, http2With } = request
  return defined({
    method,
    headers,
    signal,
    ...(http2With === undefined ? {} : { http2: true, https: { certificateAuthority: http2With } }),
    body: nodeBody(request),
    timeout: timeoutMs === undefined ? undefined : { request: timeoutMs },
    followRedirect: maxRedirects === 0 ? false : undefined,
    // What reaches the wire is what the scenario asked for, once.
    retry: { limit: 0 },
    throwHttpErrors: false,
  })
}
