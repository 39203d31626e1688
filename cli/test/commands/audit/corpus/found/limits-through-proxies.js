import https from 'node:https'
import { HttpsProxyAgent } from 'hpagent'
import { EnvHttpProxyAgent, ProxyAgent } from 'undici'

export const a = new HttpsProxyAgent({ keepAlive: true, maxSockets: 5, proxy: 'http://proxy.test' }) //! proxy-limit
export const b = new https.Agent({ keepAlive: true, maxSockets: 5, proxyEnv: process.env }) //! proxy-limit
export const c = new ProxyAgent({ uri: 'http://proxy.test', connections: 5 }) //! proxy-limit
export const d = new EnvHttpProxyAgent({ connections: 5 }) //! proxy-limit
