import { formatDuration } from '../../config/durations.ts'
import { PoolConnectTimeoutError, type PoolErrorDetails, PoolProxyError } from '../../errors.ts'
import { oneOf } from '../../text/list.ts'
import { clip, visible } from '../../text/show.ts'
import { type AnswerHead, schemesOf } from './answer-reader.ts'
import type { Gateway } from './gateway.ts'

/** The steps of a connection by way of a proxy; each can fail, be left, or take too long. */
export type Hop = 'connect' | 'proxy-tls' | 'answer' | 'socks' | 'origin-tls'

/** Between whom a connection is made. */
export interface Passage {
  readonly gateway: Gateway
  /** Of the request. */
  readonly origin: string
  readonly pool: string | undefined
}

const unfinished: { readonly [H in Hop]: (proxy: string) => readonly [state: string, advice: string] } = {
  connect: (proxy) => [`the proxy ${proxy} was not reached`, 'check its address, and that it runs'],
  'proxy-tls': (proxy) => [`the TLS handshake with the proxy ${proxy} was not over`, 'check that it speaks TLS (http:// if not)'],
  answer: (proxy) => [`the proxy ${proxy} had not answered CONNECT`, 'check that it can reach the host'],
  socks: (proxy) => [
    `the SOCKS handshake with the proxy ${proxy} was not over`,
    'check that it speaks SOCKS 5 and can reach the host',
  ],
  'origin-tls': (proxy) => [
    `the TLS handshake with the host, through the proxy ${proxy}, was not over`,
    'check that the host answers by TLS on this port',
  ],
}

/** The pool's error for a connect that took too long, of a connection by way of a proxy: it names the step that was not done. */
export function tellHop(error: PoolConnectTimeoutError, hop: Hop, { gateway, origin }: Passage): PoolConnectTimeoutError {
  const { pool, waited, limit = Number.POSITIVE_INFINITY } = error
  const proxy = gateway.server.origin
  const [state, advice] = unfinished[hop](proxy)
  return new PoolConnectTimeoutError(
    `no connection to ${origin} was established within ${formatDuration(limit)}: ${state} by then: ${advice}, or raise connectTimeout`,
    { pool, origin, waited, limit, proxy },
  )
}

/** The proxy's connection failed before it had opened a way to the origin. */
export function hopFailed(hop: Hop, cause: unknown, passage: Passage): PoolProxyError {
  const why = cause instanceof Error && cause.message !== '' ? ` (${clip(visible(firstLine(cause.message)), 200)})` : ''
  switch (hop) {
    case 'connect':
      return failed(passage, `it can't be reached${why}`, 'check the address in proxy, and that the proxy runs', { cause })
    case 'proxy-tls':
      return failed(passage, `TLS with it failed${why}`, tlsAdvice(cause), { cause })
    case 'socks':
      return failed(
        passage,
        `the SOCKS handshake failed${why}`,
        'check that it speaks SOCKS 5, and the user and password in its URL',
        {
          cause,
        },
      )
    default:
      return failed(passage, `its connection failed before it had answered CONNECT${why}`, 'see its log', { cause })
  }
}

function tlsAdvice(cause: unknown): string {
  const { code = '' } = cause as { code?: string }
  if (/WRONG_VERSION|PACKET_LENGTH|ECONNRESET|EPROTO/.test(code)) return 'if it speaks no TLS, its URL begins with http://'
  return 'give the native option proxyTls what it needs, such as { ca }'
}

/** The proxy closed the connection instead of answering. */
export function closedEarly(hop: Hop, passage: Passage): PoolProxyError {
  const [before, advice] =
    hop === 'proxy-tls'
      ? ['TLS was set up', 'if it speaks no TLS, its URL begins with http://']
      : hop === 'socks'
        ? ['the SOCKS handshake was over', 'check that it speaks SOCKS 5, and how many clients it takes']
        : hop === 'answer'
          ? ['it had answered CONNECT', 'check how many clients it takes; if it speaks TLS, its URL begins with https://']
          : ['it was used', 'check how many clients it takes']
  return failed(passage, `it closed the connection before ${before}`, advice)
}

export function headTooLong(passage: Passage): PoolProxyError {
  return failed(passage, 'it answered CONNECT with more than 16 KiB of headers', 'check that it is an HTTP proxy')
}

export function noHttp(passage: Passage): PoolProxyError {
  return failed(
    passage,
    'it answered CONNECT with what is no HTTP',
    'check that it is an HTTP proxy, and its scheme: https:// is for one that speaks TLS itself',
  )
}

/** It answered CONNECT with what opens no tunnel. */
export function refused({ status, schemes }: AnswerHead, passage: Passage): PoolProxyError {
  return failed(passage, `it answered CONNECT with ${status}`, adviceOn(status, schemes, passage.gateway), { statusCode: status })
}

/** It answered a request in absolute form with 407, which no origin says. `authenticate`: the answer's `Proxy-Authenticate`. */
export function refusedRequest(authenticate: string | undefined, passage: Passage): PoolProxyError {
  const advice = credentialsAdvice(schemesOf(authenticate === undefined ? [] : [authenticate]), passage.gateway)
  return failed(passage, 'it answered the request with 407', advice, { statusCode: 407 })
}

function adviceOn(status: number, schemes: readonly string[], gateway: Gateway): string {
  switch (status) {
    // tinyproxy says 401 for what RFC 9110 §15.5.8 has 407 for.
    case 401:
    case 407:
      return credentialsAdvice(schemes, gateway)
    case 403:
      return 'it does not allow this host or port: ask those who run it, or list the host in noProxy'
    case 404:
    case 405:
    case 501:
      return 'it may be no proxy, or allow no CONNECT: check the address in proxy'
    case 429:
      return 'it takes no more now: lower the limits, or ask those who run it'
    case 502:
    case 503:
    case 504:
      return 'it can not reach the host, or has too much to do: check the host, and list it in noProxy if only this machine reaches it'
    default:
      return 'see its log'
  }
}

function credentialsAdvice(schemes: readonly string[], gateway: Gateway): string {
  const offered = schemes.length === 0 || schemes.some((scheme) => /^basic$/i.test(scheme))
  if (!offered)
    return `it wants ${oneOf(schemes)}, and the URL's credentials go by Basic: give the native option proxyHeaders { "Proxy-Authorization": … }`
  return gateway.hasCredentials
    ? 'it does not take the credentials that it was sent: check user and password in the URL, percent-encoded'
    : 'it wants credentials: write them into its URL, user:password@, percent-encoded'
}

function failed(
  { gateway, origin, pool }: Passage,
  what: string,
  advice: string,
  details: Pick<PoolErrorDetails, 'statusCode'> & ErrorOptions = {},
): PoolProxyError {
  const proxy = gateway.server.origin
  return new PoolProxyError(`no connection to ${origin} through the proxy ${proxy}: ${what}: ${advice}`, {
    ...details,
    pool,
    origin,
    proxy,
  })
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
