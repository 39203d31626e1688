import type { Clock } from '../../pool/port.ts'
import type { Client, ClientSymbols, ConnectCallback, ConnectOptions, DispatchOptions, Peer } from './peer.ts'

/** A request as undici itself makes and holds it. */
export interface Draft {
  readonly body: unknown
  /** undici 8. */
  onResponseError?(error: Error): void
  /** undici 7. */
  onError?(error: Error): void
}

/** Who makes Clients. */
export interface ClientMaker {
  readonly peer: Peer
  readonly clock: Clock
  createClient(url: string, connect: (options: ConnectOptions, callback: ConnectCallback) => void, additional?: object): Client
}

/** What undici's Client holds. */
type Held = { [property: symbol]: unknown }

/**
 * Makes undici's own request before there is a connection for it, by a Client that never sends. So undici checks it at once, and tells
 * `undici:request:create` when it is dispatched, of the same object as all that follows.
 */
export class Drafts {
  readonly #maker: ClientMaker
  readonly #symbols: ClientSymbols | undefined
  readonly #url = { origin: '' }
  #client: Client | null = null

  constructor(maker: ClientMaker) {
    this.#maker = maker
    this.#symbols = maker.peer.symbols.client
  }

  /**
   * @param url the origin
   * @param handler is told at once if undici refuses the request
   * @returns null if it does
   */
  create(url: string, options: DispatchOptions, handler: object): Draft | null {
    if (this.#symbols === undefined) return null
    const client = this.#client ?? this.#open()
    const held = client as unknown as Held
    this.#url.origin = url
    client.dispatch(reusable(options), handler)
    return (held[this.#symbols.queue] as Draft[]).pop() ?? null
  }

  /** Whether undici can be asked, and has told the handler what is wrong with it or its request. What can't be told is thrown. */
  refuses(url: string, options: DispatchOptions, handler: object): boolean {
    return this.#symbols !== undefined && this.create(url, options, handler) === null
  }

  /** Has a Client send one as if it had been dispatched to it. */
  send(draft: Draft, client: Client): void {
    const { peer, clock } = this.#maker
    if (client.destroyed) return failDraft(draft, new peer.errors.ClientDestroyedError())
    const { queue, resume, resuming } = this.#symbols as ClientSymbols
    const held = client as unknown as Held
    const look = held[resume] as (sync?: boolean) => void
    ;(held[queue] as Draft[]).push(draft)
    if (held[resuming] !== 0) return
    if (draft.body === null || ArrayBuffer.isView(draft.body)) return look(true)
    // As undici does: a stream may be ended in this tick, and then has a length.
    held[resuming] = 1
    clock.soon(look)
  }

  #open(): Client {
    const client = this.#maker.createClient('http://localhost', () => {})
    const { resuming, url } = this.#symbols as ClientSymbols
    // As if it were about to look at its requests: it does nothing by itself.
    Object.assign(client, { [resuming]: 1, [url]: this.#url })
    this.#client = client
    return client
  }
}

/** Ends one that was not sent, as undici does: its listeners go from the body, and `undici:request:error` is told. */
export function failDraft(draft: Draft, error: Error): void {
  if (draft.onResponseError !== undefined) draft.onResponseError(error)
  else draft.onError?.(error)
}

/**
 * undici closes a connection after a HEAD request, unless it is told not to. Then it would keep those with a body too, which a server that expects
 * none with this method takes for the next request.
 */
export function reusable(options: DispatchOptions): DispatchOptions {
  if (options.method !== 'HEAD' || (options.reset !== undefined && options.reset !== null) || hasBody(options)) return options
  return { ...options, reset: false }
}

function hasBody({ body }: DispatchOptions): boolean {
  if (ArrayBuffer.isView(body)) return body.byteLength > 0
  return body !== undefined && body !== null && body !== ''
}
