import http from 'node:http'
import { text } from 'node:stream/consumers'
import Agent from 'agentkeepalive'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const agent = new Agent({ maxSockets: 3, freeSocketTimeout: 15_000, socketActiveTTL: 60_000 })

const get = (path) =>
  new Promise((resolve, reject) => {
    http.get(`${origin}${path}`, { agent }, (response) => resolve(text(response))).on('error', reject)
  })

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
agent.destroy()
