import * as undiciPool from 'polypool/undici'
import * as undici from 'undici'

const pool = undiciPool.createPool({ maxConnections: 2 }, { connect: { rejectUnauthorized: true } })
export const text: Promise<string> = undici.request('http://localhost/', { ...pool.options }).then(({ body }) => body.text())
export const fetched: Promise<undici.Response> = undici.fetch('http://localhost/', pool.options)
export const dispatcher: undici.Dispatcher = pool.options.dispatcher
export const native = new undici.Agent(undiciPool.translate({ maxConnections: 2 }).settings)
export const { config } = undiciPool.readSettings(native)
export const agents: readonly undici.Agent[] = [native]
export const install = () => undici.setGlobalDispatcher(pool.options.dispatcher)
