import { HttpsProxyAgent } from 'https-proxy-agent'
import fetch from 'node-fetch'

export async function load(url, proxy) {
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true, maxSockets: 5 }) //! client-per-request
  return (await fetch(url, { agent })).json()
}
