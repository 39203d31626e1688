import http from 'node:http'
import https from 'node:https'
import Agentkeepalive from 'agentkeepalive'
import { Agent, Pool } from 'undici'

export const a = new http.Agent({ keepAlive: true }) //! unlimited-sockets
export const b = new https.Agent({ keepAlive: true, maxSockets: Infinity }) //! unlimited-sockets
export const c = new Agentkeepalive() //! unlimited-sockets
export const d = new Agent() //! unlimited-sockets
export const e = new Pool('http://x.test', { connections: null }) //! unlimited-sockets
