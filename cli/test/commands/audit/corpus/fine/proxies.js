import axios from 'axios'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { ProxyAgent } from 'undici'

const tunnel = new HttpsProxyAgent('http://proxy.test', { keepAlive: true, maxSockets: 5 })
export const api = axios.create({ httpsAgent: tunnel, proxy: false })
export const dispatcher = new ProxyAgent('http://proxy.test')
