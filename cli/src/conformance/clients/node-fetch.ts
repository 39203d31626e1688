import type { Readable } from 'node:stream'
import { common, defined, nodeBody, plainHeaders, poolOptions } from './shared.ts'
import type { ClientDriver } from './types.ts'

interface NodeFetchResponse {
  readonly status: number
  readonly headers: object
  readonly body: Readable
  text(): Promise<string>
}

type NodeFetch = (url: string, init: object) => Promise<NodeFetchResponse>

/** Both majors. */
export const nodeFetch: ClientDriver = {
  name: 'node-fetch',
  adapter: 'node-fetch',
  module: 'node-fetch',
  family: 'node',
  abilities: [...common, 'redirect'],
  // Version 2 listens to the socket to find bodies that end early: too late for those with a length, which then never end,
  // and wrongly for chunked ones when the socket has gone on to the next request. It does so with native agents as well.
  lacks: (module) => ('FormData' in (module as object) ? [] : ['sees-truncation', 'chunked-hand-over']),
  open(module) {
    const { default: fetch } = module as { default: NodeFetch }
    return {
      async start(pool, request) {
        const { url, method, headers, maxRedirects, onResponse } = request
        // Version 2 has no other way to give up a body: destroying it does not end the request.
        const giveUp = new AbortController()
        request.signal?.addEventListener('abort', () => giveUp.abort(request.signal?.reason), { once: true })
        if (request.signal?.aborted) giveUp.abort(request.signal.reason)
        const redirect = maxRedirects === 0 ? 'manual' : undefined
        const answer = await fetch(
          url,
          defined({
            ...poolOptions<object>(pool),
            method,
            headers,
            redirect,
            body: nodeBody(request),
            signal: giveUp.signal,
          }),
        )
        onResponse?.()
        answer.body.on('error', () => {})
        return {
          status: answer.status,
          headers: plainHeaders(answer.headers),
          read: () => answer.text(),
          cancel: () => giveUp.abort(),
        }
      },
    }
  },
}
