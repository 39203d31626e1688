// The soak's server, in a process of its own: see ../soak-server.ts.
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import http2, { type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import https from 'node:https'
import net, { type AddressInfo, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { LagMeter } from '../../../cli/src/conformance/lag.ts'
import { probeCertificate, probeKey } from '../../../cli/src/conformance/probe/certificates.ts'
import { answers, type Behaviour, streamAnswers } from './answers.ts'
import type { Ports, ServerReport } from './messages.ts'

let open = 0
let accepted = 0
let peak = 0
let requests = 0
let lag = new LagMeter()

/** TCP sockets by both ports, also under TLS: only they can be reset. */
const sockets = new Map<string, Socket>()
const nameOf = ({ localPort, remotePort }: Socket) => `${localPort} ${remotePort}`

function accept(socket: Socket): void {
  const name = nameOf(socket)
  sockets.set(name, socket)
  accepted++
  peak = Math.max(peak, ++open)
  socket.on('error', () => {})
  socket.on('close', () => {
    sockets.delete(name)
    open--
  })
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  requests++
  const raw = sockets.get(nameOf(request.socket))
  const behaviour = request.url?.slice(1) as Behaviour
  response.on('error', () => {})
  request.on('error', () => {})
  if (raw === undefined) return void request.socket.destroy()
  if (behaviour === 'early') return answers.early(request, response, raw)
  request.resume()
  request.on('end', () => answers[behaviour](request, response, raw))
}

/** The same over HTTP/2, where what ends a connection ends a stream, or the session. */
function answerStream(request: Http2ServerRequest, response: Http2ServerResponse): void {
  if (request.httpVersionMajor < 2) return answer(request as unknown as IncomingMessage, response as unknown as ServerResponse)
  requests++
  const behaviour = request.url.slice(1) as Behaviour
  response.on('error', () => {})
  request.on('error', () => {})
  request.resume()
  request.on('end', () => {
    if (!response.stream?.destroyed) (streamAnswers[behaviour] ?? streamAnswers.ok)(request, response)
  })
}

/** Sends back what comes, and ends when the client does. */
function echo(status: string): (request: IncomingMessage, socket: Duplex) => void {
  return (_request, socket) => {
    requests++
    socket.on('error', () => {})
    socket.write(status)
    socket.pipe(socket)
  }
}

function serve(server: http.Server | https.Server): http.Server | https.Server {
  server.keepAliveTimeout = 0
  return server
    .on('connection', accept)
    .on('request', answer)
    .on('upgrade', echo('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n'))
    .on('connect', echo('HTTP/1.1 200 OK\r\n\r\n'))
    .on('clientError', (_error, socket) => socket.destroy())
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve))
  return (server.address() as AddressInfo).port
}

const tls = { key: probeKey, cert: probeCertificate }
const mute = net.createServer((socket) => {
  accept(socket)
  socket.resume()
})
const modern = http2.createSecureServer({ ...tls, allowHTTP1: true, settings: { maxConcurrentStreams: 10 } })
modern.on('connection', accept)
modern.on('request', answerStream)
modern.on('upgrade', echo('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n'))
modern.on('connect', (request: Http2ServerRequest | IncomingMessage, socket: Duplex) => {
  if (request.httpVersionMajor < 2) return echo('HTTP/1.1 200 OK\r\n\r\n')(request as IncomingMessage, socket)
  requests++
  const { stream } = request as Http2ServerRequest
  stream.on('error', () => {}).respond({ ':status': 200 })
  stream.pipe(stream)
})
modern.on('sessionError', () => {})
const ports: Ports = {
  http: [await listen(serve(http.createServer())), await listen(serve(http.createServer()))],
  https: [await listen(serve(https.createServer(tls))), await listen(modern)],
  mute: await listen(mute),
}

process.on('message', () => {
  process.send?.({ open, accepted, peak, requests, lag: lag.longest } satisfies ServerReport)
  peak = open
  lag.stop()
  lag = new LagMeter()
})

// The parent is gone: nobody is left to serve.
process.on('disconnect', () => process.exit())
process.send?.(ports)
