import * as http from 'node:http'
import HttpAgent from 'agentkeepalive'
import * as agentkeepalivePool from 'polypool/agentkeepalive'

const pool = agentkeepalivePool.createPool({ maxConnections: 2 })
export const agent: HttpAgent = pool.options.http
export const secure: HttpAgent.HttpsAgent = pool.options.https
export const status: string = JSON.stringify(pool.options.http.getCurrentStatus())
export const request = http.get('http://localhost/', { agent: pool.options.http })
export const native = new HttpAgent(agentkeepalivePool.translate().settings.http)
