import type { DispatchOptions } from './peer.ts'

const socketFailures: ReadonlySet<unknown> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'])
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'QUERY'])

/** What requests fail with whose HTTP/2 session has ended. */
const sessionFailures: ReadonlySet<unknown> = new Set([
  'UND_ERR_INFO',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_GOAWAY_SESSION',
])

/** Whether the other side has closed the connection, as far as the error tells. */
export function isSocketFailure(error: Error): boolean {
  return socketFailures.has((error as { code?: unknown }).code)
}

/** The same of a session that has ended, and what ran on it. */
export function isSessionFailure(error: Error): boolean {
  return isSocketFailure(error) || sessionFailures.has((error as { code?: unknown }).code)
}

/** Whether a request that may have reached the server can be sent again: by its method, and because its body is still there. */
export function isReplayable(options: DispatchOptions): boolean {
  return (options.idempotent ?? idempotent.has(options.method)) && hasBodyStill(options)
}

/** Whether its body, if it has one, can be read again. */
export function hasBodyStill({ body }: DispatchOptions): boolean {
  return (
    body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body) || body instanceof ArrayBuffer
  )
}
