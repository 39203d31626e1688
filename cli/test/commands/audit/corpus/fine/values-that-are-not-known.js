import http from 'node:http'
import https from 'node:https'
import { Agent } from 'undici'

export const make = (options, keepAlive, size) => [
  new http.Agent(options),
  new https.Agent({ keepAlive, maxSockets: size() }),
  new https.Agent({ ...options, rejectUnauthorized: false }),
  new Agent({ ...options }),
]
