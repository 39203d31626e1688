import { PoolUnsupportedError } from '../../errors.ts'
import { isAtLeast, loadedVersion, parseVersion, type Requirement, unsupportedVersion } from '../installed.ts'
import type { ClientSymbols, Http2Symbols, Peer, PeerSymbols } from './peer.ts'

/** What the engine uses of the exports of undici. */
export type Undici = Omit<Peer, 'major' | 'version' | 'symbols'> & {
  readonly Agent: new () => object
  readonly Pool: new (origin: string) => object
  readonly default?: unknown
}

const peers = new WeakMap<object, Peer>()

/** undici as the engine uses it. Throws ERR_POOL_UNSUPPORTED for a version that is not supported, or not on this Node. */
export function peerOf(undici: Undici): Peer {
  const { Client } = undici
  const known = peers.get(Client)
  if (known !== undefined) return known
  const version = loadedVersion(undici.default ?? undici)
  if (version !== undefined) assertSupported(version, process.versions.node)
  const { Dispatcher, buildConnector, errors } = undici
  const symbols = symbolsOf(undici)
  const peer: Peer = { major: majorOf(Client, symbols.dispatch), version, Dispatcher, Client, buildConnector, errors, symbols }
  peers.set(Client, peer)
  return peer
}

/** Throws ERR_POOL_UNSUPPORTED if it only has the names of undici, as what Bun gives in its place: no request of that would reach a pool. */
function symbolsOf({ Client, Agent, Pool }: Undici): PeerSymbols {
  const dispatch = symbolIn(Client.prototype, 'dispatch')
  if (dispatch === undefined) {
    throw new PoolUnsupportedError(
      'undici is replaced here by something else of that name, whose requests would get round the pool: Bun does that. Run this on Node',
    )
  }
  const client = new Client('http://localhost', { connect: () => {} })
  const names = ['queue', 'resume', 'resuming', 'url'] as const
  const found = names.map((name) => [name, symbolIn(client, name)] as const)
  const all = found.every(([, symbol]) => symbol !== undefined)
  return {
    dispatch,
    clients: symbolIn(new Agent(), 'clients'),
    client: all ? (Object.fromEntries(found) as unknown as ClientSymbols) : undefined,
    http2:
      all && platformLosing() === undefined && speaksHttp2Well(new Pool('http://localhost'))
        ? http2SymbolsOf(client, Client.prototype)
        : undefined,
  }
}

/**
 * The platform, where undici over HTTP/2 gives answers of status 200 without their bodies now and then, and throws outside of any request when a
 * Client is destroyed: seen on Deno 2.9.6 with undici 8.12.4 alone, against a server of Node.
 */
export function platformLosing({ deno }: Readonly<Partial<Record<string, string>>> = process.versions): string | undefined {
  return deno === undefined ? undefined : `Deno ${deno}`
}

/**
 * Whether it is of an undici whose Clients do over HTTP/2 what is asked of them, told by what a Pool holds, as the version is not always known: 8.11
 * was the first to fail answers that are cut off, and to have one connection find out for the others what a server speaks.
 */
function speaksHttp2Well(pool: object): boolean {
  return symbolIn(pool, 'protocol probe') !== undefined
}

function http2SymbolsOf(client: object, prototype: object): Http2Symbols | undefined {
  const pendingIndex = symbolIn(client, 'pending index')
  const serverName = symbolIn(client, 'server name')
  const connect = symbolIn(prototype, 'connect')
  if (pendingIndex === undefined || serverName === undefined || connect === undefined) return undefined
  return { pendingIndex, serverName, connect }
}

function symbolIn(object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find(({ description }) => description === name)
}

/**
 * By what its `dispatch` does with a handler, as the version is not always known: 7 wraps one of the later generation, 8 takes it as it is, and 6,
 * which is not supported, does not tell it of an error.
 */
function majorOf({ prototype }: Undici['Client'], dispatch: symbol): 7 | 8 {
  let [wrapped, told] = [false, false]
  const handler = { onRequestStart() {}, onResponseError: () => (told = true), onError() {} }
  const client = {
    [dispatch](_: unknown, given: unknown): never {
      wrapped = given !== handler
      throw new Error('it is only looked at')
    },
  }
  prototype.dispatch.call(client as never, { path: '/', method: 'GET' }, handler)
  if (wrapped) return 7
  if (told) return 8
  throw unsupportedVersion(requirementOn(process.versions.node), '6 or earlier', process.versions.node)
}

/** Throws ERR_POOL_UNSUPPORTED if that version is not supported on that Node. */
export function assertSupported(version: string, node: string): void {
  const parsed = parseVersion(version)
  const [major] = parsed
  if (major === 7 && isAtLeast(parsed, [7, 27, 1])) return
  if (major === 8 && isAtLeast(parsed, [8, 2, 0]) && takesUndici8(node)) return
  throw unsupportedVersion(requirementOn(node), version, node)
}

function requirementOn(node: string): Requirement {
  return takesUndici8(node)
    ? { name: 'undici', range: '^8.2.0 or ^7.27.1', install: 'undici@8' }
    : { name: 'undici', range: '^7.27.1 here; undici 8 needs Node 22.19 or newer', install: 'undici@7' }
}

function takesUndici8(node: string): boolean {
  return isAtLeast(parseVersion(node), [22, 19, 0])
}
