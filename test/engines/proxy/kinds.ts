// The kinds of proxies that there are, and origins that say what has come to them.
import type { IncomingHttpHeaders } from 'node:http'
import type { Handler } from '../node-agent/support.ts'
import { countingProxy, type Listener, socksProxy } from './proxies.ts'

/** Each takes `user` with the password `p@ss`, which its URL has. */
export const proxies: { readonly [name: string]: () => Promise<{ readonly proxy: Listener; readonly url: string }> } = {
  'an http proxy': async () => {
    const proxy = await countingProxy({ credentials: 'user:p@ss' })
    return { proxy, url: proxy.url('http', 'user:p%40ss') }
  },
  'an https proxy': async () => {
    const proxy = await countingProxy({ secure: true, credentials: 'user:p@ss' })
    return { proxy, url: proxy.url('https', 'user:p%40ss') }
  },
  'an IPv6 proxy': async () => {
    const proxy = await countingProxy({ address: '::1', credentials: 'user:p@ss' })
    return { proxy, url: proxy.url('http', 'user:p%40ss') }
  },
  'a SOCKS proxy': async () => {
    const proxy = await socksProxy({ credentials: 'user:p@ss' })
    return { proxy, url: proxy.url('socks5h', 'user:p%40ss') }
  },
}

export interface Echoed {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly port: number
}

/** Says which request it was, and what of it must not have come here. */
export const echo: Handler = (request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const { method, url, headers } = request
    response.end(JSON.stringify({ method, url, headers, body, port: request.socket.remotePort }))
  })
}

export const echoed = async (answer: Promise<{ body: string }>) => JSON.parse((await answer).body) as Echoed
