import http from 'node:http'
import https from 'node:https'

export function head(url: URL, done: (status?: number) => void) {
  let agent: http.Agent
  if (url.protocol === 'https:') {
    agent = new https.Agent({ keepAlive: true, maxSockets: 1, timeout: 4000 }) //! client-per-request
  } else {
    agent = new http.Agent({ keepAlive: true, maxSockets: 1, timeout: 4000 }) //! client-per-request
  }
  const request = http.request(url, { method: 'HEAD', agent }, (answer) => done(answer.statusCode))
  request.end()
}
