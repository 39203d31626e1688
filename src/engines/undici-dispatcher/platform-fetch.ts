import { PoolUnsupportedError } from '../../errors.ts'

type Fetch = typeof globalThis.fetch
type Dispatcher = NonNullable<RequestInit['dispatcher']>

// Of whichever copy of the package loads first, so that a later one does not take a `pool.fetch` that was made the global one.
const fetchKey = Symbol.for('polypool.fetch')
const store = globalThis as { [fetchKey]?: Fetch }

/** How Node writes its own, which loads its undici at the first call. */
const nodesOwn = /^(async )?function fetch\(input, init = undefined\) \{.*fetchImpl/s
const isNodesOwn = (fetch: unknown) => typeof fetch === 'function' && nodesOwn.test(Function.prototype.toString.call(fetch))

if (!isNodesOwn(store[fetchKey]) && (store[fetchKey] === undefined || isNodesOwn(globalThis.fetch))) {
  Object.defineProperty(globalThis, fetchKey, { value: globalThis.fetch, configurable: true })
}

/** The global `fetch` as it was when polypool was loaded: whoever replaces it later, maybe by `pool.fetch`, is not asked. */
const fetch = store[fetchKey] as Fetch

/** Throws ERR_POOL_UNSUPPORTED where the platform's `fetch` is not undici's, takes no dispatcher, and would get round every pool. */
export function assertTakesDispatcher(versions: NodeJS.ProcessVersions = process.versions): void {
  const { bun, deno, undici } = versions as { bun?: string; deno?: string; undici?: string }
  if (typeof fetch === 'function' && undici !== undefined && bun === undefined && deno === undefined) return
  const platform = bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : 'this platform'
  throw new PoolUnsupportedError(
    `the fetch of ${platform} is not undici's and takes no dispatcher: its requests would get round the pool. Run this on Node`,
  )
}

/** The platform's `fetch` on that dispatcher. */
export function fetchBy(dispatcher: Dispatcher): Fetch {
  if (isNodesOwn(fetch)) return (input, init) => fetch(input, { ...init, dispatcher })
  return (input, init) => fetchThrough(dispatcher, input, init)
}

/**
 * By a `fetch` that somebody has replaced before polypool was loaded, and that may pass on only what it knows: a Request that holds the
 * dispatcher is passed on whole. The body is in the options alone, as it can be read once.
 */
async function fetchThrough(dispatcher: Dispatcher, input: Parameters<Fetch>[0], init: RequestInit = {}): Promise<Response> {
  const { body: _, ...others } = init
  let reached = false
  const watched: Dispatcher = Object.create(dispatcher, {
    dispatch: {
      value(...request: Parameters<Dispatcher['dispatch']>): boolean {
        reached = true
        return dispatcher.dispatch(...request)
      },
    },
  })
  const request = new Request(input, { ...others, dispatcher: watched })
  const response = await fetch(request, { ...init, dispatcher: watched })
  if (!reached && response.url.startsWith('http')) warn()
  return response
}

let warned = false

function warn(): void {
  if (warned) return
  warned = true
  process.emitWarning(
    'pool.fetch: a request has got round the pool, as the global fetch was replaced, before polypool was loaded, by one that passes no dispatcher on: load polypool first',
    { type: 'PolypoolWarning', code: 'ERR_POOL_UNSUPPORTED' },
  )
}
