import { Agent } from 'node:http'
import fetch from 'node-fetch'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const agent = new Agent({ keepAlive: true, maxSockets: 3, timeout: 30_000 })

const get = async (path) => {
  const response = await fetch(`${origin}${path}`, { agent })
  if (!response.ok) throw new Error(`${response.status}`)
  return response.text()
}

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
agent.destroy()
