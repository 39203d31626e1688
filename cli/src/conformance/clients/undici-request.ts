import type { Duplex, Readable } from 'node:stream'
import { common, defined, nodeBody, plainHeaders, poolOptions, startedWith } from './shared.ts'
import type { ClientDriver } from './types.ts'
import { lackedByUndici } from './undici-version.ts'

/** What this driver needs of the package. */
interface Undici {
  request(url: string, options: object): Promise<{ statusCode: number; headers: object; body: Readable }>
  upgrade(url: string, options: object): Promise<{ socket: Duplex }>
  connect(url: string, options: object): Promise<{ socket: Duplex }>
}

/** `undici.request`. */
export const undiciRequest: ClientDriver = {
  name: 'undici',
  adapter: 'undici',
  module: 'undici',
  family: 'undici',
  abilities: [...common, 'http2', 'body-as-given', 'upgrade', 'connect-method', 'raw-errors'],
  lacks: lackedByUndici,
  open(module) {
    const undici = module as Undici
    return {
      async start(pool, request) {
        const { url, method, headers, signal, onResponse } = request
        const answer = await undici.request(
          url,
          defined({ ...poolOptions<object>(pool), method, headers, signal, body: nodeBody(request) }),
        )
        onResponse?.()
        return startedWith(answer.statusCode, plainHeaders(answer.headers), answer.body)
      },
      async tunnel(pool, { url, signal }, kind) {
        const options = defined({ ...poolOptions<object>(pool), signal })
        const { socket } =
          kind === 'upgrade' ? await undici.upgrade(url, { ...options, protocol: 'echo' }) : await undici.connect(url, options)
        return socket
      },
    }
  },
}
