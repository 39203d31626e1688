import { createRequire } from 'node:module'
import { PoolUnsupportedError } from '../../errors.ts'
import { installedVersion, isAtLeast, parseVersion, type Requirement, unsupportedVersion } from '../installed.ts'
import type { ClientSymbols, Peer, PeerSymbols } from './peer.ts'

/** Where undici and the `fetch` of the platform look for the dispatcher of those who give none: the latter up to undici 7 in the first. */
const platformDispatcher = Symbol.for('undici.globalDispatcher.1')

const store = globalThis as { [platformDispatcher]?: unknown; Headers?: unknown }
const peers = new Map<string, Peer>()

/**
 * Loads undici, only when it is wanted and without the effect of importing it: the first copy that loads becomes the dispatcher of
 * the platform's `fetch`. So the platform's copy is made to load first, and keeps its place.
 */
export function loadUndici(name = 'undici', require: NodeJS.Require = createRequire(import.meta.url)): Peer {
  const known = peers.get(name)
  if (known !== undefined) return known
  const node = process.versions.node
  const major = supportedMajor(installedVersion(requirementOn(node, name), require), node)
  if (store[platformDispatcher] === undefined) void store.Headers
  const found = store[platformDispatcher]
  const undici = require(name) as Undici
  // undici's symbol for itself stays: its own functions need it, and no `fetch` that was there before reads it.
  if (store[platformDispatcher] !== found) store[platformDispatcher] = found
  const { Dispatcher, Client, buildConnector, errors } = undici
  const peer: Peer = { major, Dispatcher, Client, buildConnector, errors, symbols: symbolsOf(undici) }
  peers.set(name, peer)
  return peer
}

type Undici = Omit<Peer, 'major' | 'symbols'> & { readonly Agent: new () => object }

/** Throws ERR_POOL_UNSUPPORTED if it only has the names of undici, as what Bun gives in its place: no request of that would reach a pool. */
function symbolsOf({ Client, Agent }: Undici): PeerSymbols {
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
  }
}

function symbolIn(object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find(({ description }) => description === name)
}

/** The major of a version that is supported on that Node. Throws ERR_POOL_UNSUPPORTED if it is not. */
export function supportedMajor(version: string, node: string): number {
  const parsed = parseVersion(version)
  const [major] = parsed
  if (major === 7 && isAtLeast(parsed, [7, 27, 1])) return 7
  if (major === 8 && isAtLeast(parsed, [8, 2, 0]) && takesUndici8(node)) return 8
  throw unsupportedVersion(requirementOn(node), version, node)
}

function requirementOn(node: string, name = 'undici'): Requirement {
  return takesUndici8(node)
    ? { name, range: '^8.2.0 or ^7.27.1', install: 'undici@8' }
    : { name, range: '^7.27.1 here; undici 8 needs Node 22.19 or newer', install: 'undici@7' }
}

function takesUndici8(node: string): boolean {
  return isAtLeast(parseVersion(node), [22, 19, 0])
}
