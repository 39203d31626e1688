import http from 'node:http'
import https from 'node:https'
import fetch from 'node-fetch'

const httpAgent = new http.Agent({ keepAlive: true, maxSockets: 4 })
const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: 4 })

const agent = (url: URL) => (url.protocol === 'http:' ? httpAgent : httpsAgent)

const get = (path: string) => fetch(`${process.env.ORIGIN}${path}`, { agent }).then((response) => response.text())
console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
