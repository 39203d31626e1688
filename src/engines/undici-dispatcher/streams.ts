import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { addAbortSignal } from 'node:stream'

type Request = ClientHttp2Session['request']
type Close = ClientHttp2Stream['close']

const givenUp = AbortSignal.abort()

/** On a stream: those of its session that are open, itself among them. */
const siblings = Symbol('siblings')

/** Streams that are open, the oldest first, and what they are for. */
export type Streams<Request> = ReadonlyMap<ClientHttp2Stream, Request>

type Sibling = ClientHttp2Stream & { [siblings]?: Map<ClientHttp2Stream, unknown> }

/** Who hears of the streams of a session. */
export interface StreamWatcher<Request> {
  /** A request has its stream. Returns the request. */
  opened(stream: ClientHttp2Stream): Request
  /** The session throws at a request, for which undici ends it. */
  refused(): void
}

/** Has the session make streams that end whole: for their server, and in memory. Returns those that are open. */
export function makeStreamsEnd<Request>(session: ClientHttp2Session, watcher: StreamWatcher<Request>): Streams<Request> {
  const streams = new Map<ClientHttp2Stream, Request>()
  // A tracer may have put its own on the session; else it is what all sessions have by then.
  const own = Object.hasOwn(session, 'request') ? session.request : null
  session.request = (...given) => {
    try {
      const stream: Sibling = ending((own ?? prototypeOf(session).request).apply(session, given), given[0])
      stream[siblings] = streams
      stream.once('close', forget)
      streams.set(stream, watcher.opened(stream))
      return stream
    } catch (error) {
      watcher.refused()
      throw error
    }
  }
  return streams
}

function forget(this: Sibling): void {
  this[siblings]?.delete(this)
}

/** No more comes from the server: ends those whose answers are not whole. Left to Node, they would end as if they were. */
export function endCutOff(streams: Streams<unknown>, error: Error): void {
  for (const stream of [...streams.keys()]) if (stream.state.remoteClose === 0) stream.destroy(error)
}

function ending(stream: ClientHttp2Stream, headers: Parameters<Request>[0]): ClientHttp2Stream {
  stream.destroy = destroy
  // The stream of an upgrade becomes the caller's.
  if ((headers as { readonly ':method'?: unknown })[':method'] !== 'CONNECT') stream.close = close
  return stream
}

/**
 * undici ends the stream of a request that is given up by `close()` and then `destroy()`. While a body is sent the server would not hear of it:
 * `close()` waits for what is to be written, or tells the pipeline of the body first, which destroys the stream, and RST_STREAM is never sent. The
 * server would keep the stream though its slot is free again, and Node may then read memory of it (`std::bad_alloc`). A stream that is destroyed
 * at once sends it, and one that an AbortSignal destroys with CANCEL, the code of RFC 9113 for this. undici itself gives a code where it means
 * something else.
 */
function close(this: ClientHttp2Stream, ...given: Parameters<Close>): void {
  if (given.length === 0 && !this.closed && !this.destroyed) addAbortSignal(givenUp, this)
  else prototypeOf(this).close.apply(this, given)
}

/**
 * Node stops the timer of a stream that is closed, not of one that is destroyed first, or in which undici has it begin anew after that. It would
 * keep all there is of the request for the five minutes that undici waits by default.
 */
function destroy(this: ClientHttp2Stream, error?: Error): ClientHttp2Stream {
  this.setTimeout(0)
  return prototypeOf(this).destroy.call(this, error) as ClientHttp2Stream
}

function prototypeOf<Instance extends object>(instance: Instance): Instance {
  return Object.getPrototypeOf(instance)
}
