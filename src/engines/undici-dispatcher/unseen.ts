/** How often a request is sent again that its server has not seen: it may meet one connection after another that is about to end. */
export const mostReplays = 10

/** How often one whose stream was refused, beyond the once that undici sends it again: its server has too much to do. */
export const mostRefusals = 2

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
