import type { ClientHttp2Session, Settings } from 'node:http2'
import type { Socket } from 'node:net'
import type { Alarm, Clock } from '../../pool/port.ts'
import type { SentRequest } from './carried.ts'
import { type Draft, failDraft } from './draft.ts'
import type { Client, Peer } from './peer.ts'
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
export interface SessionKeeper extends StreamWatcher<SentRequest | null> {
  readonly clock: Clock
  readonly peer: Peer
  readonly pingInterval: number | false
  /** Requests that it carries, and that it may carry at a time. */
  readonly running: number
  readonly slots: number
  /** The server allows so many requests at a time, from now on. */
  slotsChanged(slots: number): void
  /** Its server has said GOAWAY, and takes on what it got up to that stream. */
  leaves(lastStream: number): void
  /** It does not answer any more. */
  died(): void
}

/** The HTTP/2 session that a Client has on its socket: as many requests at a time as its server allows. */
export class Session {
  readonly #client: Held
  readonly #keeper: SessionKeeper
  readonly #http2: ClientHttp2Session | undefined
  /** Those that are open, and the requests that they are for. */
  readonly streams: Streams<SentRequest | null>
  #check: Alarm | null = null
  /** Its server has sent FIN. */
  #over = false
  #farewell: Farewell | null = null

  constructor(client: Client, socket: Socket, keeper: SessionKeeper) {
    this.#client = client as unknown as Held
    this.#keeper = keeper
    this.#http2 = sessionOf(this.#client)
    // undici has heard it first, and has sent what it may.
    this.#http2?.on('remoteSettings', this.#onSettings)
    // Before undici, which tells requests of it.
    this.#http2?.prependListener('goaway', this.#onGoaway)
    this.streams = this.#http2 === undefined ? new Map() : makeStreamsEnd(this.#http2, keeper)
    if (this.#http2 === undefined) return
    this.#awaitAnswers(socket)
    if (keeper.pingInterval !== false) watch(this.#http2, socket, keeper.pingInterval, keeper)
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
        endCutOff(this.streams, new this.#keeper.peer.errors.SocketError('other side closed'))
        listener.call(socket)
      }
      this.#keeper.clock.turn(end)
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

  /**
   * Requests were sent before the server said that it allows fewer. What it then refuses undici keeps and sends later, maybe never: it is looked
   * for until there are no more than may be.
   */
  watchRefused(): void {
    this.#check ??= this.#keeper.clock.alarm(() => this.#look())
    this.#check.set(soonEnough)
  }

  #look(): void {
    if (!this.open) return
    this.takeBack(undefined)
    if (this.#keeper.running > this.#keeper.slots) this.#check?.set(soonEnough)
  }

  /** Has undici give back what it has not sent and can't send now. */
  takeBack(reason: Error | undefined): void {
    const { client, http2 } = this.#keeper.peer.symbols
    if (client === undefined || http2 === undefined) return
    const queue = this.#client[client.queue] as (Draft | null)[]
    const unsent = queue.splice(this.#client[http2.pendingIndex] as number)
    for (const draft of unsent) if (draft !== null) failDraft(draft, new UnseenError(reason))
  }

  #onGoaway = (code: number, lastStream: number): void => {
    this.#keeper.leaves(lastStream)
    this.#farewell = code !== 0 ? 'error' : lastStream > 0 ? 'routine' : 'nothing'
  }

  #onSettings = ({ maxConcurrentStreams = Number.POSITIVE_INFINITY }: Settings): void => {
    this.#keeper.slotsChanged(maxConcurrentStreams)
  }
}

function watch(session: ClientHttp2Session, socket: Socket, interval: number, keeper: SessionKeeper): void {
  const pings = new Pings(keeper.clock, session, socket, interval, () => keeper.died())
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
