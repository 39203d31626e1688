import got from 'got'
import * as gotPool from 'polypool/got'

const pool = gotPool.createPool({ maxConnections: 2 })
const api = got.extend(pool.options)
export const text: Promise<string> = api('http://localhost/').text()
export const more = got.extend(pool.options, { prefixUrl: 'http://localhost/' })
export const { config } = gotPool.readSettings(api)
