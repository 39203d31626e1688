import https from 'node:https'
import axios from 'axios'
import { HttpsProxyAgent } from 'https-proxy-agent'

const agent = new https.Agent({ keepAlive: true, maxSockets: 5 })
const tunnel = new HttpsProxyAgent('http://proxy.test', { keepAlive: true, maxSockets: 5 })
export const a = axios.create({ httpsAgent: agent, proxy: { host: 'proxy.test', port: 3128 } }) //! proxy-bypass
export const b = axios.create({ httpsAgent: tunnel }) //! proxy-bypass
export const c = axios.create({ httpsAgent: agent }) //! proxy-env
