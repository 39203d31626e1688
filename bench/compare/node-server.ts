// What stands in for nginx, where that is not installed.
import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { probeCertificate as cert, probeKey as key } from '../../cli/src/conformance/probe/certificates.ts'
import type { NodeServerState } from './server.ts'

const body = Buffer.from('{"hello":"world"}')
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
const keepAliveTimeout = 600_000

/** What is used of a response, over either protocol. */
interface Response {
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown
  end(body: Buffer): unknown
}

function answer(response: Response): void {
  response.writeHead(200, headers)
  response.end(body)
}

const overHttp1 = (_request: IncomingMessage, response: ServerResponse) => answer(response)
const servers: { readonly [name: string]: NetServer } = {
  http: http.createServer({ keepAliveTimeout }, overHttp1),
  https: https.createServer({ key, cert, keepAliveTimeout }, overHttp1),
  h2: http2.createSecureServer({ key, cert }, (_request, response) => answer(response)),
}

let accepted = 0
let open = 0
const ports: { [name: string]: number } = {}
for (const [name, server] of Object.entries(servers)) {
  server.on('connection', (socket) => {
    accepted++
    open++
    socket.on('close', () => open--)
  })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve))
  ports[name] = (server.address() as AddressInfo).port
}
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ accepted, open, cpu: (user + system) / 1e6 } satisfies NodeServerState)
})
process.on('disconnect', () => process.exit())
process.send?.(ports)
