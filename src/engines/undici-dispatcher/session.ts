import type { ClientHttp2Session, ClientHttp2Stream, Settings } from 'node:http2'
import type { Socket } from 'node:net'
import type { Alarm, Connection } from '../../pool/port.ts'
import { hasBody, type SentRequest } from './carried.ts'
import type { ConnectionLane } from './connection-lane.ts'
import { type Draft, failDraft } from './draft.ts'
import type { Client, ConnectCallback, Peer } from './peer.ts'
import { Pings } from './pings.ts'
import { endCutOff, makeStreamsEnd, type Streams, type StreamWatcher } from './streams.ts'
import { UnseenError } from './unseen.ts'

/** Milliseconds until a request is given back that is neither sent nor failed. */
const soonEnough = 50

/** By what undici keeps the session on its Client. */
let key: symbol | undefined

type Held = { [property: symbol]: unknown }

/** What undici takes a socket to speak: it goes by this alone. */
export function speaksHttp2(socket: Socket): boolean {
  return (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2'
}

/** GOAWAY with the code of an error, one that says that no request was processed, and any other. */
export type Farewell = 'error' | 'nothing' | 'routine'

/** Whose session it is. */
export interface SessionKeeper extends Connection {
  lane: ConnectionLane
  /** It is given up. */
  readonly ended: boolean
  /** Its server does not answer any more. */
  died(): void
}

/** The HTTP/2 session that a Client has on its socket: as many requests at a time as its server allows. */
export class Session implements StreamWatcher<SentRequest | null> {
  readonly #client: Held
  readonly #keeper: SessionKeeper
  readonly #http2: ClientHttp2Session | undefined
  /** Those that are open, and the requests that they are for. */
  readonly streams: Streams<SentRequest | null>
  #check: Alarm | null = null
  /** Its server has sent FIN. */
  #over = false
  #farewell: Farewell | null = null
  /** A request has been answered. */
  #answered = false
  /** It is about to have a stream. */
  #starting: SentRequest | null = null
  /** Why no more requests are sent on it, or why its socket has closed. */
  #cutBy: Error | undefined

  constructor(client: Client, socket: Socket, keeper: SessionKeeper) {
    this.#client = client as unknown as Held
    this.#keeper = keeper
    this.#http2 = sessionOf(this.#client)
    // undici has heard it first, and has sent what it may.
    this.#http2?.on('remoteSettings', this.#onSettings)
    // Before undici, which tells requests of it.
    this.#http2?.prependListener('goaway', this.#onGoaway)
    this.streams = this.#http2 === undefined ? new Map() : makeStreamsEnd(this.#http2, this)
    if (this.#http2 === undefined) return
    this.#awaitAnswers(socket)
    const { pingInterval } = keeper.lane.origin.limits
    if (pingInterval !== false) watch(this.#http2, socket, pingInterval, keeper)
  }

  /**
   * undici ends a session on FIN at once, and with it answers that have come whole: they are read for a turn of the event loop, and the others fail.
   * Within TLS to a proxy the end may be heard in the turn before the answers are: until then the socket may not end by itself. Once it has closed
   * Node would end all as if they were whole.
   */
  #awaitAnswers(socket: Socket): void {
    const [listener] = socket.listeners('end').filter(({ name }) => name === 'onHttp2SocketEnd')
    if (listener === undefined) return
    socket.off('end', listener as () => void)
    socket.once('end', () => {
      this.#over = true
      socket.allowHalfOpen = true
      let hasEnded = false
      const end = () => {
        if (hasEnded) return
        hasEnded = true
        endCutOff(this.streams, new this.#keeper.lane.driver.peer.errors.SocketError('other side closed'))
        listener.call(socket)
      }
      this.#keeper.lane.core.clock.turn(end)
      socket.prependOnceListener('close', end)
    })
  }

  /** What its server has said by GOAWAY. */
  get farewell(): Farewell | null {
    return this.#farewell
  }

  /** False once it has ended. After GOAWAY it carries what it has, and nothing new: undici tells of that before Node has closed it. */
  get open(): boolean {
    return !this.#over && this.#http2?.destroyed !== true
  }

  /** Why no more requests are sent on it, or why its socket has closed. */
  get cutBy(): Error | undefined {
    return this.#cutBy
  }

  starts(request: SentRequest): void {
    this.#starting = request
  }

  opened(stream: ClientHttp2Stream): SentRequest | null {
    const request = this.#starting
    this.#starting = null
    if (request !== null && hasBody(request.options)) request.upload = stream
    return request
  }

  refused(): void {
    this.#starting = null
    this.#takeNoMore()
  }

  /** A request has been answered. */
  answers(): void {
    this.#answered = true
    this.#keeper.lane.fruitless = 0
  }

  /**
   * The Client has left it. What was sent of it goes on, if its socket is still there; the dial tells when that has closed.
   * @param socket null: it has closed
   */
  cut(reason: Error, socket: Socket | null): void {
    this.#cutBy = reason
    if (socket?.destroyed === false) this.#takeNoMore()
  }

  /**
   * After GOAWAY undici lets the old session finish what runs, and dials for the rest. While something runs, that does not hear of an error.
   * Of a session whose socket has closed without GOAWAY undici dials for what ran too: that hears of the end instead. With both, as
   * through a tunnel, GOAWAY may be heard last.
   */
  refuseDial(callback: ConnectCallback, socket: Socket | null): void {
    if (this.#farewell === null && socket?.destroyed !== false) return
    callback(new UnseenError(this.#cutBy), null)
    this.#keeper.lane.core.clock.soon(this.#takeBack)
  }

  /**
   * The reason goes: made while Node tells of GOAWAY, its stack holds Node's handle of the session, which holds the callback for SETTINGS that the
   * server has not acknowledged, and that the session. It would live for ever, and with it its connection and the pool.
   */
  forgetReason(): void {
    this.#cutBy = undefined
  }

  #takeNoMore(): void {
    const { core } = this.#keeper.lane
    core.drain(this.#keeper)
    core.clock.soon(this.#takeBack)
  }

  /**
   * Requests were sent before the server said that it allows fewer. What it then refuses undici keeps and sends later, maybe never: it is looked
   * for until there are no more than may be.
   */
  #watchRefused(): void {
    this.#check ??= this.#keeper.lane.core.clock.alarm(() => this.#look())
    this.#check.set(soonEnough)
  }

  #look(): void {
    if (!this.open) return
    this.#takeBackFor(undefined)
    if (this.#keeper.running > this.#keeper.slots) this.#check?.set(soonEnough)
  }

  #takeBack = (): void => {
    if (!this.#keeper.ended) this.#takeBackFor(this.#cutBy)
  }

  /** Has undici give back what it has not sent and can't send now. */
  #takeBackFor(reason: Error | undefined): void {
    const { client, http2 } = this.#keeper.lane.driver.peer.symbols
    if (client === undefined || http2 === undefined) return
    const queue = this.#client[client.queue] as (Draft | null)[]
    const unsent = queue.splice(this.#client[http2.pendingIndex] as number)
    for (const draft of unsent) if (draft !== null) failDraft(draft, new UnseenError(reason))
  }

  #onGoaway = (code: number, lastStream: number): void => {
    const [oldest] = this.streams.keys()
    if (!this.#answered && !((oldest?.id ?? Number.POSITIVE_INFINITY) <= lastStream)) this.#keeper.lane.fruitless++
    this.#farewell = code !== 0 ? 'error' : lastStream > 0 ? 'routine' : 'nothing'
  }

  #onSettings = ({ maxConcurrentStreams = Number.POSITIVE_INFINITY }: Settings): void => {
    const { core } = this.#keeper.lane
    core.slotsChanged(this.#keeper, maxConcurrentStreams)
    core.clock.soon(this.#takeBack)
    if (this.#keeper.running > this.#keeper.slots) this.#watchRefused()
  }
}

function watch(session: ClientHttp2Session, socket: Socket, interval: number, keeper: SessionKeeper): void {
  const pings = new Pings(keeper.lane.core.clock, session, socket, interval, () => keeper.died())
  session.once('close', () => pings.stop())
}

// Each copy of undici has symbols of its own.
function sessionOf(client: Held): ClientHttp2Session | undefined {
  if (key === undefined || client[key] === undefined)
    key = Object.getOwnPropertySymbols(client).find(({ description }) => description === 'http2Session')
  return key === undefined ? undefined : (client[key] as ClientHttp2Session)
}

/** Has a Client connect that has no request. */
export function connectAhead(client: Client, { symbols: { http2 } }: Peer, servername: string): void {
  if (http2 === undefined) return
  const held = client as unknown as Held
  // It would connect anew for a request of another name.
  if (servername !== '') held[http2.serverName] = servername
  ;(held[http2.connect] as (callback: () => void) => void).call(client, () => {})
}
