import type { Readable } from 'node:stream'
import { common, defined, nodeBody, plainHeaders, poolOptions, startedWhole, startedWith } from './shared.ts'
import type { ClientDriver } from './types.ts'

interface Axios {
  create(options: object): (options: object) => Promise<{ status: number; headers: object; data: unknown }>
}

export const axios: ClientDriver = {
  name: 'axios',
  adapter: 'axios',
  module: 'axios',
  family: 'node',
  abilities: [...common, 'redirect'],
  open(module) {
    const { default: library } = module as { default: Axios }
    return {
      async start(pool, request) {
        const { url, method, headers, signal, timeoutMs, maxRedirects, readBody = 'all', onResponse } = request
        // Status and body exactly as they come.
        const api = library.create({
          ...poolOptions<object>(pool),
          validateStatus: null,
          transformResponse: (data: unknown) => data,
          responseType: readBody === 'all' ? 'text' : 'stream',
        })
        const answer = await api(
          defined({ url, method, headers, signal, timeout: timeoutMs, maxRedirects, data: nodeBody(request) }),
        )
        onResponse?.()
        const plain = plainHeaders(answer.headers)
        return readBody === 'all'
          ? startedWhole(answer.status, plain, String(answer.data))
          : startedWith(answer.status, plain, answer.data as Readable)
      },
    }
  },
}
