import { Agent } from 'node:http'
import fetch from 'node-fetch'

const agent = new Agent({ keepAlive: true, maxSockets: 2, scheduling: 'fifo' })

const get = (path) => fetch(process.env.ORIGIN + path, { agent }).then((response) => response.text())
console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
