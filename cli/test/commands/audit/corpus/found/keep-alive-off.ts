import http from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import Agentkeepalive from 'agentkeepalive'
import { Client } from 'undici'

export const a = new http.Agent() //! keep-alive-off
export const b = new SecureAgent({ rejectUnauthorized: false }) //! keep-alive-off
export const c = new http.Agent({ keepAlive: false, maxSockets: 5 }) //! keep-alive-off
export const d = new Agentkeepalive({ keepAlive: false }) //! keep-alive-off
export const e = new Client('http://x.test', { pipelining: 0 }) //! keep-alive-off

class Own extends http.Agent {}
export const f = new Own() //! keep-alive-off
