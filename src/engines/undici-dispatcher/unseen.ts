/**
 * How often a request asks for another connection: it may meet one after another that is about to end. More often while others of its origin are
 * answered: it keeps its turn, so those that come before it are fewer each time.
 */
export const mostReplays = 10

/**
 * How many streams a request gets, the first and those that undici opens by itself included, while its server says of each that it did not process
 * it (RFC 9113, 8.7: then it may be sent again, whatever its method). A server that refuses for ever is not asked for ever; one that says GOAWAY is, while others are answered.
 */
export const mostSends = 4

/** What a request fails with that undici has not sent, or whose server has said by GOAWAY that it did not see it. */
export class UnseenError extends Error {
  constructor(cause: Error | undefined) {
    super('the request was not sent on this connection', { cause })
  }
}

/** Whether the server of a stream is sure not to have seen its request: it says so, or the first frame was not sent. */
export function isUnseen(error: Error): boolean {
  // undici 8.12 gives it back itself; before that the message alone tells.
  return error instanceof UnseenError || error.message.startsWith('HTTP/2: "frameError" received - type 1,')
}

const refusedStream = 7

/** The same, and the connection goes on. */
export function isRefused(error: Error): boolean {
  const { http2ErrorCode } = error as { http2ErrorCode?: unknown }
  return http2ErrorCode === refusedStream || error.message.endsWith('NGHTTP2_REFUSED_STREAM')
}
