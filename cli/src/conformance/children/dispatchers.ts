import { loadClient } from '../catalog.ts'
import type { ClientSource } from '../client.ts'
import { ClientUse } from '../client-use.ts'

/** Where undici keeps the dispatcher of `fetch`; which of the two is read depends on the version Node brings. */
const symbols = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]

function current(): unknown[] {
  return symbols.map((symbol) => (globalThis as { [key: symbol]: unknown })[symbol])
}

/**
 * Whether loading and using a client leaves the platform's `fetch` with its own dispatcher.
 * Importing undici before `fetch` was first used would otherwise make `fetch` use that undici's Agent.
 */
export async function dispatchersAsFound(source: ClientSource, url: string): Promise<string> {
  const use = new ClientUse(await loadClient(source))
  const pool = use.client.adapter.createPool()
  await use.send(pool, url)
  await pool.close()
  // Makes Node load its own undici, if nothing has yet.
  void new Headers()
  const bundledMajor = Number(process.versions.undici?.split('.')[0])
  const read = current()[bundledMajor >= 8 ? 1 : 0]
  const { default: undici } = (await import('undici')) as { default: { Dispatcher: new () => object } }
  if (read instanceof undici.Dispatcher) return 'the platform’s fetch uses a dispatcher of the installed undici'
  const before = current()
  const second = use.client.adapter.createPool()
  await use.send(second, url)
  await second.close()
  return current().every((value, at) => value === before[at]) ? 'as found' : 'replaced by using a pool'
}
