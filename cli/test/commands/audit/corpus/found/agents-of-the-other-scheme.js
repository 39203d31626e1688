import http from 'node:http'
import https from 'node:https'
import axios from 'axios'
import got from 'got'

const plain = new http.Agent({ keepAlive: true, maxSockets: 5 })
const secure = new https.Agent({ keepAlive: true, maxSockets: 5 })
export const a = axios.create({ httpsAgent: plain, proxy: false }) //! agent-scheme
export const b = axios.create({ httpAgent: secure }) //! agent-scheme
export const c = got.extend({ agent: { https: plain } }) //! agent-scheme
https.get('https://x.test', { agent: plain }) //! agent-scheme
