import { createRequire } from 'node:module'
import { PoolUnsupportedError } from '../../errors.ts'
import type { Peer } from './peer.ts'

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
  const major = supportedMajor(versionOf(name, require), process.versions.node)
  if (store[platformDispatcher] === undefined) void store.Headers
  const found = store[platformDispatcher]
  const undici = require(name) as Omit<Peer, 'major'>
  // undici's symbol for itself stays: its own functions need it, and no `fetch` that was there before reads it.
  if (store[platformDispatcher] !== found) store[platformDispatcher] = found
  const { Dispatcher, Client, buildConnector, errors } = undici
  const peer: Peer = { major, Dispatcher, Client, buildConnector, errors }
  peers.set(name, peer)
  return peer
}

function versionOf(name: string, require: NodeJS.Require): string {
  try {
    return (require(`${name}/package.json`) as { version: string }).version
  } catch (cause) {
    throw new PoolUnsupportedError('undici is not installed: npm install undici@7 on Node 20, undici@8 from Node 22.19 on', {
      cause,
    })
  }
}

/** The major of a version that is supported on that Node. */
export function supportedMajor(version: string, node: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const [nodeMajor = 0, nodeMinor = 0] = node.split('.').map(Number)
  if (major === 7 && (minor > 27 || (minor === 27 && patch >= 1))) return 7
  const modern = nodeMajor > 22 || (nodeMajor === 22 && nodeMinor >= 19)
  if (major === 8 && minor >= 2 && modern) return 8
  const advice = modern ? 'take undici ^8.2.0 (or ^7.27.1)' : 'take undici ^7.27.1; undici 8 needs Node 22.19 or newer'
  throw new PoolUnsupportedError(`undici ${version} on Node ${node} is not supported: ${advice}`)
}
