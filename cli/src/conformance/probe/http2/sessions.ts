import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Accepted } from '../connections.ts'
import { endNow, resetNow } from '../connections.ts'
import type { GoawayKind, Http2Options, Http2Settings, SessionCommand, StreamCount } from '../types.ts'
import type { Wire } from './wire.ts'

interface Served {
  readonly accepted: Accepted
  readonly session: ServerHttp2Session
  /** Null where the origin is not tapped. */
  readonly wire: Wire | null
  /** Streams behind this one are not processed. */
  last: number
}

/** The HTTP/2 sessions of one origin, and what can be done to them. */
export class Sessions {
  readonly #options: Http2Options
  readonly #live = new Map<ServerHttp2Session, Served>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(options: Http2Options) {
    this.#options = options
  }

  add(session: ServerHttp2Session, accepted: Accepted, wire: Wire | null): void {
    const served: Served = { accepted, session, wire, last: Number.POSITIVE_INFINITY }
    this.#live.set(session, served)
    accepted.record.http2 = countOf(wire)
    session.once('stream', () => this.#leaveLater(served))
    session.on('error', () => {})
    session.on('ping', () => {
      if (accepted.record.http2) accepted.record.http2.pings++
    })
    session.on('close', () => void this.#live.delete(session))
    session.on('stream', (stream) => {
      const { http2 } = accepted.record
      if (!http2) return
      http2.streams++
      http2.open++
      http2.peak = Math.max(http2.peak, http2.open)
      stream.on('close', () => http2.open--)
    })
  }

  of({ session }: ServerHttp2Stream): Accepted | undefined {
    return this.#live.get(session as ServerHttp2Session)?.accepted
  }

  /** It came although the server had said that it would not process it. */
  disowns({ session, id = 0 }: ServerHttp2Stream): boolean {
    return id > (this.#live.get(session as ServerHttp2Session)?.last ?? Number.POSITIVE_INFINITY)
  }

  /** After a request has been recorded: whether it was the one after which the server says GOAWAY. */
  seen({ record }: Accepted): void {
    const { goawayAfterRequests, goawayKind = 'graceful' } = this.#options
    if (goawayAfterRequests === undefined || record.requests.length !== goawayAfterRequests) return
    for (const served of this.#live.values()) if (served.accepted.record === record) this.#goaway(served, goawayKind)
  }

  /** Gives how many sessions there were. */
  async command(command: SessionCommand): Promise<number> {
    const sessions = [...this.#live.values()].filter(({ session }) => !session.closed && !session.destroyed)
    await Promise.all(sessions.map((served) => this.#obey(served, command)))
    return sessions.length
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #obey(served: Served, command: SessionCommand): Promise<void> | void {
    switch (command.do) {
      case 'settings':
        return settingsNow(served.session, command)
      case 'goaway':
        return this.#goaway(served, command.kind)
      case 'silence':
        return tapped(served).fallSilent()
      case 'end':
        return command.how === 'fin' ? void endNow(served.accepted) : void resetNow(served.accepted)
    }
  }

  /** From its first request on: before that, how much time has passed is the client's doing. */
  #leaveLater(served: Served): void {
    const { goawayAfterMs, goawayKind = 'graceful' } = this.#options
    if (goawayAfterMs === undefined) return
    const timer = setTimeout(() => this.#goaway(served, goawayKind), goawayAfterMs)
    this.#timers.add(timer)
    served.session.on('close', () => clearTimeout(timer))
  }

  #goaway(served: Served, kind: GoawayKind): void {
    const {
      session,
      accepted: { record },
    } = served
    if (session.closed || session.destroyed || !record.http2) return
    record.http2.goaways++
    // Finishes what has come, and takes nothing more.
    if (kind === 'graceful') return void session.close()
    if (kind === 'announced') {
      // All streams to come are welcome still, and a moment later they are not: as proxies do it. Not by session.goaway(): after that
      // node:http2 drops the streams that come without a word, and where none is open it does not even read the answer to its ping.
      tapped(served).goaway(2 ** 31 - 1)
      session.ping((error) => {
        if (error === null) this.#disown(served, Math.max(0, ...record.requests.map(({ stream }) => stream ?? 0)))
      })
      return
    }
    // What it has begun to answer it cannot disown, nor what came before that: a stream's number is all it can name.
    this.#disown(served, Math.max(0, ...record.requests.map(({ stream, began }) => (began ? (stream ?? 0) : 0))))
  }

  #disown(served: Served, last: number): void {
    served.last = last
    for (const request of served.accepted.record.requests) request.disowned = (request.stream ?? 0) > last
    tapped(served).goaway(last)
  }
}

function tapped({ wire }: Served): Wire {
  if (!wire) throw new Error('probe: the origin is not tapped')
  return wire
}

/** Resolves when the client has acknowledged them. */
function settingsNow(session: ServerHttp2Session, settings: Http2Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    session.settings(nativeSettings(settings), (error) => (error ? reject(error) : resolve()))
  })
}

export function nativeSettings({ maxStreams, window }: Http2Settings): {
  maxConcurrentStreams?: number
  initialWindowSize?: number
} {
  return {
    ...(maxStreams === undefined ? {} : { maxConcurrentStreams: maxStreams }),
    ...(window === undefined ? {} : { initialWindowSize: window }),
  }
}

function countOf(wire: Wire | null): StreamCount {
  return {
    streams: 0,
    open: 0,
    peak: 0,
    goaways: 0,
    pings: 0,
    get refused() {
      return wire?.refused ?? null
    },
  }
}
