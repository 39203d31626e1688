import type { IncomingMessage } from 'node:http'
import type { PooledRequest } from '../../engines/node-agent/native.ts'

/**
 * Has `destroy()` of the request also end a connection whose answer has come whole and lies there unread. Node 26 leaves it to the
 * reader, and one that listens for 'readable' and has been given up will never read: the connection would be busy for ever.
 */
export function endUnread<R extends PooledRequest>(request: R): R {
  const { destroy } = request
  request.destroy = function (this: R, error?: Error) {
    destroy.call(this, error)
    const { res } = this
    if (res != null && liesUnread(res)) res.socket?.destroy()
    return this
  }
  return request
}

/** As long as there is something to read the socket is the request's. */
function liesUnread(response: IncomingMessage): boolean {
  return response.complete && response.readableLength > 0 && response.listenerCount('readable') > 0
}
