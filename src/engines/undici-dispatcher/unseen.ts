/** How often a request is sent again that its server has not seen: one that refuses every time gives it up. */
export const mostReplays = 5

/** What a request fails with that undici has not sent, or whose server has said that it did not see it. */
export class UnseenError extends Error {
  constructor(cause: Error | undefined) {
    super('the request was not sent on this connection', { cause })
  }
}

const refusedStream = 7

/** Whether the server of a stream is sure not to have seen its request: it says so, or its first frame was not sent. */
export function isUnseen(error: Error): boolean {
  if (error instanceof UnseenError) return true
  const { http2ErrorCode } = error as { http2ErrorCode?: unknown }
  if (http2ErrorCode === refusedStream) return true
  // Before undici 8.12 both are told by the message alone.
  return error.message.endsWith('NGHTTP2_REFUSED_STREAM') || error.message.startsWith('HTTP/2: "frameError" received - type 1,')
}
