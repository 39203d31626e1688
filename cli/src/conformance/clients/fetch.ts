import { common, defined, fetchBody, plainHeaders } from './shared.ts'
import type { ClientDriver } from './types.ts'
import { lackedByUndici } from './undici-version.ts'

interface FetchPool {
  fetch(url: string, init: object): Promise<Response>
}

/** The platform's own `fetch`, bound to the pool. */
export const platformFetch: ClientDriver = {
  name: 'fetch',
  adapter: 'fetch',
  module: null,
  family: 'undici',
  abilities: [...common, 'http2', 'redirect'],
  lacks: () => ['host-header', ...lackedByUndici()],
  open: () => ({
    async start(pool, request) {
      const { url, method, headers, signal, maxRedirects, onResponse } = request
      const redirect = maxRedirects === 0 ? 'manual' : undefined
      const answer = await (pool as unknown as FetchPool).fetch(
        url,
        defined({ method, headers, signal, redirect, ...fetchBody(request) }),
      )
      onResponse?.()
      return {
        status: answer.status,
        headers: plainHeaders(answer.headers),
        read: () => answer.text(),
        cancel: () => void answer.body?.cancel().catch(() => {}),
      }
    },
  }),
}
