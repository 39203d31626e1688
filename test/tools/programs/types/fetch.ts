import * as fetchPool from 'polypool/fetch'

const pool: fetchPool.FetchPool = fetchPool.createPool({ maxConnections: 2 }, { headersTimeout: 1000 }, { name: 'payments' })
export const own: Promise<Response> = pool.fetch('http://localhost/', { method: 'POST', body: 'text' })
export const global: Promise<Response> = fetch('http://localhost/', pool.options)
export const more: Promise<Response> = fetch('http://localhost/', { ...pool.options, method: 'DELETE' })
export const replaced: typeof fetch = pool.fetch
