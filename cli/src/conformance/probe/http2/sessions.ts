import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Accepted } from '../connections.ts'
import { endNow, resetNow } from '../connections.ts'
import type { GoawayKind, Http2Options, Http2Settings, SessionCommand, StreamCount } from '../types.ts'
import { goaway, type Wire } from './wire.ts'

interface Served {
  readonly accepted: Accepted
  readonly session: ServerHttp2Session
  readonly wire: Wire
}

/** The HTTP/2 sessions of one origin, and what can be done to them. */
export class Sessions {
  readonly #options: Http2Options
  readonly #live = new Map<ServerHttp2Session, Served>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(options: Http2Options) {
    this.#options = options
  }

  add(session: ServerHttp2Session, accepted: Accepted, wire: Wire): void {
    const served = { accepted, session, wire }
    this.#live.set(session, served)
    accepted.record.http2 = countOf(wire)
    const { goawayEveryMs, goawayKind = 'graceful' } = this.#options
    const timer = goawayEveryMs === undefined ? undefined : setTimeout(() => this.#goaway(served, goawayKind), goawayEveryMs)
    if (timer) this.#timers.add(timer)
    session.on('error', () => {})
    session.on('close', () => {
      this.#live.delete(session)
      clearTimeout(timer)
    })
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
        return served.wire.fallSilent()
      case 'end':
        return command.how === 'fin' ? void endNow(served.accepted) : void resetNow(served.accepted)
    }
  }

  #goaway({ session, accepted: { record }, wire }: Served, kind: GoawayKind): void {
    if (session.closed || session.destroyed || !record.http2) return
    record.http2.goaways++
    // Finishes what has come, and takes nothing more.
    if (kind === 'graceful') return void session.close()
    if (kind === 'announced') {
      // All streams to come are welcome still, and a moment later they are not: as proxies do it.
      session.goaway(0, 2 ** 31 - 1)
      session.ping(() => session.close())
      return
    }
    for (const request of record.requests) if (request.answeredAt === null) request.disowned = true
    wire.write(goaway(0))
  }
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

function countOf(wire: Wire): StreamCount {
  return {
    streams: 0,
    open: 0,
    peak: 0,
    goaways: 0,
    get refused() {
      return wire.refused
    },
  }
}
