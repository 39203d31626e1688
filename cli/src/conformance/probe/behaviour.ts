/** What the probe does with one request, read from the request's query: `/?delay=50&status=204`. */
export interface Behaviour {
  readonly status: number
  /** Milliseconds before the status line. */
  readonly delay: number
  /** Waits before the status line until `release(hold)`. */
  readonly hold: string | null
  /** Milliseconds between the headers and the rest of the body. */
  readonly bodyDelay: number
  /** Holds the last byte of the body until `release(holdBody)`. */
  readonly holdBody: string | null
  /** Bytes of body. */
  readonly size: number
  /** Sends the body chunked, in this many pieces; 0 sends a Content-Length. */
  readonly chunks: number
  /** Sends the request's body back. */
  readonly echo: boolean
  /** False: never reads the request's body. */
  readonly read: boolean
  /** Answers at once, before the request's body was read. */
  readonly early: boolean
  /** Adds `Connection: close` and closes. */
  readonly close: boolean
  /** RST at this point: before the status line, the same but not for the first request of a connection, or in the middle of the body. */
  readonly reset: 'headers' | 'reused' | 'body' | null
  /** FIN at this point, as for `reset`; `after` is after a whole answer that promised to keep the connection. */
  readonly fin: 'headers' | 'reused' | 'body' | 'after' | null
  /** Ends the HTTP/2 stream with this code in place of the status line; the connection lives. */
  readonly rst: number | null
  /** The same in the middle of the body. */
  readonly rstBody: number | null
  /** With `rst`: only the first request of each connection. */
  readonly first: boolean
  /** Trailers after the body. */
  readonly trailers: boolean
  /** Value of the `Keep-Alive` header. */
  readonly hint: string | null
  readonly redirect: string | null
  /** An interim answer (102) first. */
  readonly interim: boolean
  /** A second answer, to nothing, right behind the first. */
  readonly extra: boolean
  /** With `fin=after`: a file to write once FIN has gone to the kernel, by which a client whose event loop is blocked sees it. */
  readonly sign: string | null
  /** Bytes that are no HTTP at all. */
  readonly garbage: boolean
  /** Answers as an HTTP/1.0 server: no keep-alive, the body ends with the connection. */
  readonly http10: boolean
  /** With `Expect: 100-continue`: `refuse` answers 417 and `ignore` answers without a 100. */
  readonly expect: 'continue' | 'refuse' | 'ignore'
}

/** @param defaults the origin's query string; the request's own wins */
export function parseBehaviour(url: string, defaults: string): Behaviour {
  const query = new URLSearchParams(defaults)
  for (const [name, value] of new URL(url, 'http://probe').searchParams) query.set(name, value)
  const text = (name: string) => query.get(name)
  const number = (name: string, fallback: number) => Number(query.get(name) ?? fallback)
  const flag = (name: string, fallback: boolean) => (query.has(name) ? query.get(name) !== '0' : fallback)
  const redirect = text('redirect')
  return {
    status: number('status', redirect === null ? 200 : 302),
    delay: number('delay', 0),
    hold: text('hold'),
    bodyDelay: number('bodyDelay', 0),
    holdBody: text('holdBody'),
    size: number('size', 2),
    chunks: number('chunks', 0),
    echo: flag('echo', false),
    read: flag('read', true),
    early: flag('early', false),
    close: flag('close', false),
    reset: oneOf(text('reset'), ['headers', 'reused', 'body']),
    fin: oneOf(text('fin'), ['headers', 'reused', 'body', 'after']),
    rst: query.has('rst') ? number('rst', 0) : null,
    rstBody: query.has('rstBody') ? number('rstBody', 0) : null,
    first: flag('first', false),
    trailers: flag('trailers', false),
    hint: text('hint'),
    redirect,
    interim: flag('interim', false),
    extra: flag('extra', false),
    sign: query.get('sign'),
    garbage: flag('garbage', false),
    http10: flag('http10', false),
    expect: oneOf(text('expect'), ['refuse', 'ignore']) ?? 'continue',
  }
}

function oneOf<const T extends string>(value: string | null, known: readonly T[]): T | null {
  if (value === null) return null
  const found = known.find((one) => one === value)
  // A typo in a scenario would otherwise test nothing.
  if (found === undefined) throw new Error(`probe: "${value}" is none of ${known.join(', ')}`)
  return found
}
