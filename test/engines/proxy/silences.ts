// Proxies that stop answering at each step of a connection.
import type { Scheme } from '../node-agent/support.ts'
import { type Listener, rawServer, scriptedProxy, socksProxy } from './proxies.ts'

interface Silent {
  readonly url: string
  readonly accepted: () => number
}

function silent(listener: Listener, scheme: string): Silent {
  return { url: listener.url(scheme, 'user:secret'), accepted: listener.accepted }
}

/** A proxy that is silent at a step, so that whatever is dialled through it is at that step; and the step in words. */
export const silences: readonly (readonly [string, Scheme, RegExp, () => Promise<Silent>])[] = [
  ...(['http', 'https'] as const).map(
    (scheme) =>
      [
        'TLS with the proxy',
        scheme,
        /the TLS handshake with the proxy .* was not over by then/,
        async () => silent(await rawServer(), 'https'),
      ] as const,
  ),
  ['CONNECT', 'https', /the proxy .* had not answered CONNECT by then/, async () => silent(await scriptedProxy(), 'http')],
  [
    'CONNECT by TLS',
    'https',
    /the proxy .* had not answered CONNECT by then/,
    async () => silent(await scriptedProxy(() => {}, { secure: true }), 'https'),
  ],
  [
    'half an answer',
    'https',
    /the proxy .* had not answered CONNECT by then/,
    async () => silent(await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 200 OK\r\n')), 'http'),
  ],
  [
    'SOCKS',
    'http',
    /the SOCKS handshake with the proxy .* was not over by then/,
    async () => silent(await socksProxy({ answer: null }), 'socks5h'),
  ],
  [
    'TLS with the origin',
    'https',
    /the TLS handshake with the host, through the proxy .*, was not over by then/,
    async () => silent(await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\n')), 'http'),
  ],
  [
    'TLS with the origin through TLS',
    'https',
    /the TLS handshake with the host, through the proxy .*, was not over by then/,
    async () => silent(await scriptedProxy(({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), { secure: true }), 'https'),
  ],
]
