import http from 'node:http'
import https from 'node:https'
import got from 'got'

export async function status(url) {
  const agent = {
    http: new http.Agent({ keepAlive: true, maxSockets: 5 }), //! client-per-request
    https: new https.Agent({ keepAlive: true, maxSockets: 5 }),
  }
  const api = got.extend({ agent, retry: { limit: 0 } })
  return (await api(url)).statusCode
}
