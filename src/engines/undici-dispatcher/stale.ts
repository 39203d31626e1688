import type { DispatchOptions } from './peer.ts'

const socketFailures: ReadonlySet<unknown> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'])
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'QUERY'])

/** Whether the other side has closed the connection, as far as the error tells. */
export function isSocketFailure(error: Error): boolean {
  return socketFailures.has((error as { code?: unknown }).code)
}

/** Whether a request that may have reached the server can be sent again: by its method, and because its body is still there. */
export function isReplayable({ method, body, idempotent: given }: DispatchOptions): boolean {
  if (!(given ?? idempotent.has(method))) return false
  return (
    body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body) || body instanceof ArrayBuffer
  )
}
