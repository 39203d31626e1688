// Proxies on loopback for tests: one that does what a proxy does and counts, one that does what a test says, and one of SOCKS 5.
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo, type Socket } from 'node:net'
import tls from 'node:tls'
import { afterEach } from 'vitest'
import { probeCertificate, probeKey } from '../../../cli/src/conformance/probe/certificates.ts'
import { type ProxyServer, readProxyUrl } from '../../../src/config/proxies/proxy-server.ts'

/** What a proxy's URL says. */
export function serverOf(url: string): ProxyServer {
  const read = readProxyUrl(url)
  if ('problem' in read) throw new Error(read.problem)
  return read.server
}

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const end of cleanups.splice(0).reverse()) await end()
})

export interface Listener {
  readonly port: number
  /** Those that are open. */
  readonly sockets: Set<Socket>
  readonly accepted: () => number
  readonly peak: () => number
  /** Its URL by a scheme, with credentials in front of the host. */
  url(scheme?: string, credentials?: string): string
}

async function listen(server: net.Server, address: string): Promise<Listener> {
  const sockets = new Set<Socket>()
  let accepted = 0
  let peak = 0
  server.on('connection', (socket: Socket) => {
    accepted++
    sockets.add(socket)
    peak = Math.max(peak, sockets.size)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const host = address === '::1' ? '[::1]' : address === '127.0.0.1' ? 'localhost' : address
  return {
    port,
    sockets,
    accepted: () => accepted,
    peak: () => peak,
    url: (scheme = 'http', credentials = '') => `${scheme}://${credentials && `${credentials}@`}${host}:${port}`,
  }
}

export interface Head {
  /** To the blank line, that included. */
  readonly text: string
  readonly socket: Socket
}

export interface ScriptedProxy extends Listener {
  /** Heads that have come, in order. */
  readonly heads: Head[]
}

interface ScriptOptions {
  readonly secure?: boolean
  readonly address?: string
}

/** A server that reads a head and does with it what the script says: nothing, unless that does something. */
export async function scriptedProxy(
  onHead: (head: Head, index: number) => unknown = () => {},
  { secure = false, address = '127.0.0.1' }: ScriptOptions = {},
): Promise<ScriptedProxy> {
  const heads: Head[] = []
  const onSocket = (socket: Socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.setNoDelay(true)
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (end === -1) return
      socket.off('data', onData)
      const head = { text: text.slice(0, end + 4), socket }
      onHead(head, heads.push(head) - 1)
    }
    socket.on('data', onData)
  }
  const server = secure ? tls.createServer({ key: probeKey, cert: probeCertificate }, onSocket) : net.createServer(onSocket)
  server.on('tlsClientError', () => {})
  return { ...(await listen(server, address)), heads }
}

/** A server that accepts, and does with the socket what the script says. */
export async function rawServer(onSocket: (socket: Socket) => unknown = () => {}): Promise<Listener> {
  return listen(net.createServer(onSocket), '127.0.0.1')
}

/** Has the tunnel that a CONNECT asks for end where it says, and answers that it is there. */
export function openTunnel({ text, socket }: Head, answer = 'HTTP/1.1 200 Connection established\r\n\r\n'): void {
  const [, host = '', port] = /^CONNECT (.*):(\d+) /.exec(text) ?? []
  relay(socket, host.replace(/^\[|\]$/g, ''), Number(port), () => socket.write(answer))
}

/** Names of tests are all of this machine. */
const isLocal = (host: string) => host === 'localhost' || host.endsWith('.test')

function relay(socket: Socket, host: string, port: number, onOpen: () => void): void {
  const to = net.connect({ host: isLocal(host) ? '127.0.0.1' : host, port }, () => {
    onOpen()
    to.pipe(socket)
    socket.pipe(to)
  })
  to.on('error', () => socket.destroy())
  to.on('close', () => socket.destroy())
  socket.on('close', () => to.destroy())
}

export interface CountingProxy extends Listener {
  /** Targets of CONNECT, in order. */
  readonly tunnels: string[]
  /** Requests in absolute form. */
  readonly forwarded: { readonly url: string; readonly headers: http.IncomingHttpHeaders }[]
  /** Names that clients have asked for by TLS, and whether they went on with a session. */
  readonly servernames: unknown[]
  readonly resumed: boolean[]
}

interface CountingOptions extends ScriptOptions {
  /** user:password */
  readonly credentials?: string
}

/** A proxy that does its work: CONNECT, and requests in absolute form, each by a connection of its own. */
export async function countingProxy({
  secure = false,
  address = '127.0.0.1',
  credentials,
}: CountingOptions = {}): Promise<CountingProxy> {
  const tunnels: string[] = []
  const forwarded: CountingProxy['forwarded'] = []
  const servernames: unknown[] = []
  const resumed: boolean[] = []
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
  const allowed = ({ headers }: http.IncomingMessage) => expected === undefined || headers['proxy-authorization'] === expected
  const onRequest: http.RequestListener = (request, response) => {
    if (!allowed(request)) return void response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="test"' }).end('no')
    forwarded.push({ url: request.url ?? '', headers: request.headers })
    if (!URL.canParse(request.url ?? '')) return void response.writeHead(400).end('no absolute form')
    const { hostname, port, pathname, search } = new URL(request.url ?? '')
    const { 'proxy-authorization': _, ...headers } = request.headers
    const host = hostname.replace(/^\[|\]$/g, '')
    const to = { host: isLocal(host) ? '127.0.0.1' : host, port, path: pathname + search, method: request.method, headers }
    const further = http.request({ ...to, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    further.on('error', () => response.destroy())
    response.on('close', () => {
      further.destroy()
      // What comes of a body that the origin has not waited for.
      request.unpipe().resume()
    })
    request.pipe(further)
  }
  const server = secure ? https.createServer({ key: probeKey, cert: probeCertificate }, onRequest) : http.createServer(onRequest)
  server.keepAliveTimeout = 600_000
  server.on('secureConnection', (socket) => {
    servernames.push(socket.servername)
    resumed.push(socket.isSessionReused())
  })
  server.on('connect', (request, socket) => {
    socket.on('error', () => {})
    if (!allowed(request)) return void socket.end('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n')
    tunnels.push(request.url ?? '')
    openTunnel({ text: `CONNECT ${request.url} `, socket: socket as Socket })
  })
  return { ...(await listen(server, address)), tunnels, forwarded, servernames, resumed }
}

export interface SocksProxy extends Listener {
  /** What it was asked to connect to: `name:port`. */
  readonly asked: string[]
}

/** SOCKS 5 (RFC 1928) with user and password (RFC 1929) if some are given. `answer`: its code for CONNECT, 0 for success; null: it says nothing. */
export async function socksProxy({
  credentials,
  answer = 0,
}: {
  readonly credentials?: string
  readonly answer?: number | null
} = {}): Promise<SocksProxy> {
  const asked: string[] = []
  const listener = await rawServer((socket) => {
    socket.on('error', () => {})
    const step = steps(socket)
    void (async () => {
      const [, count = 0] = await step(2)
      await step(count)
      socket.write(Buffer.from([5, credentials === undefined ? 0 : 2]))
      if (credentials !== undefined) {
        const [, userLength = 0] = await step(2)
        const user = await step(userLength)
        const [passwordLength = 0] = await step(1)
        const password = await step(passwordLength)
        const good = `${user}:${password}` === credentials
        socket.write(Buffer.from([1, good ? 0 : 1]))
        if (!good) return
      }
      const [, , , kind = 0] = await step(4)
      const host =
        kind === 3
          ? (await step((await step(1))[0] ?? 0)).toString()
          : kind === 1
            ? (await step(4)).join('.')
            : ((await step(16)).toString('hex').match(/.{4}/g) ?? []).join(':')
      const port = (await step(2)).readUInt16BE()
      asked.push(`${host}:${port}`)
      if (answer === null) return
      const told = Buffer.from([5, answer, 0, 1, 0, 0, 0, 0, 0, 0])
      if (answer !== 0) return void socket.end(told)
      relay(socket, host, port, () => socket.write(told))
    })()
  })
  return { ...listener, asked }
}

/** Reads so many bytes after another. */
function steps(socket: Socket): (length: number) => Promise<Buffer> {
  return (length) =>
    new Promise((resolve) => {
      const tryRead = () => {
        const chunk = length === 0 ? Buffer.alloc(0) : (socket.read(length) as Buffer | null)
        if (chunk === null) return void socket.once('readable', tryRead)
        resolve(chunk)
      }
      tryRead()
    })
}
