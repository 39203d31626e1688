import http from 'node:http'
import https from 'node:https'
import Agentkeepalive from 'agentkeepalive'
import { Agent, Client, Pool } from 'undici'

export const a = new http.Agent({ keepAlive: true, maxSockets: 5, timeout: 4000, keepAliveMsecs: 1000 })
export const b = new https.Agent({ keepAlive: true, maxSockets: 5 })
export const c = new Agentkeepalive({ maxSockets: 5, keepAliveMsecs: 1000 })
export const d = new Agent({ connections: 5 })
export const e = new Pool('http://x.test', { connections: 5 })
export const f = new Client('http://x.test')
