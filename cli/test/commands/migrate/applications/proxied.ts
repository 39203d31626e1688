import http from 'node:http'
import { text } from 'node:stream/consumers'
import { HttpProxyAgent } from 'http-proxy-agent'

const proxy = process.env.ORIGIN ?? ''
const agent = new HttpProxyAgent(proxy, { keepAlive: true, maxSockets: 3 })

const get = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    http.get(`http://target.test${path}`, { agent }, (response) => resolve(text(response))).on('error', reject)
  })

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
agent.destroy()
