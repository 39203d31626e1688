import https from 'node:https'
import axios from 'axios'
import got from 'got'

const agent = new https.Agent({ keepAlive: true, maxSockets: 5 })
export const byFetch = axios.create({ adapter: 'fetch', httpsAgent: agent }) //! ignored-option
export const second = axios.create({ httpVersion: 2, httpsAgent: agent, proxy: false }) //! ignored-option
export const third = got.extend({ http2: true, agent: { https: agent } }) //! ignored-option
export const none = new https.Agent({ keepAlive: true, maxSockets: 5, maxFreeSockets: 0 }) //! ignored-option
