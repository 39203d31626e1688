// One dial by way of a proxy, and how it has ended.
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import { Gateway, type ProxyOptions } from '../../../src/engines/proxy/gateway.ts'
import { type DialOptions, ProxyDial } from '../../../src/engines/proxy/proxy-dial.ts'
import type { PoolProxyError } from '../../../src/errors.ts'
import { serverOf } from './proxies.ts'

export interface Dialled {
  readonly dial: ProxyDial
  readonly ended: Promise<{ error: PoolProxyError | null; socket: Socket | undefined; closed: boolean }>
  readonly calls: () => number
}

export const proxyTls = { ca: probeCertificate }

export function dialTo(url: string, options: Partial<DialOptions> & ProxyOptions = {}): Dialled {
  let resolve: (ended: Awaited<Dialled['ended']>) => void
  const ended: Dialled['ended'] = new Promise((settle) => (resolve = settle))
  const gateway = new Gateway(serverOf(url), { proxyTls, ...options })
  let calls = 0
  const given = { gateway, origin: 'https://a.test:443', pool: 'mine', host: 'a.test', port: 443, tunnel: true, socket: {} }
  const dial = new ProxyDial({ ...given, ...options }, (error, socket) => {
    calls++
    resolve({ error: error as PoolProxyError | null, socket, closed })
  })
  // `closed` of a socket says only that it was destroyed. The dial listens first, so that this is as late as it may be.
  let closed = false
  dial.socket.prependListener('close', () => {
    closed = true
  })
  return { dial, ended, calls: () => calls }
}

/** As often as the loop has turned, everything on loopback that was sent has arrived. */
export async function settle(): Promise<void> {
  for (let count = 0; count < 20; count++) await turn()
}

/** Everything that the socket gives until it ends. */
export async function readAll(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += (chunk as Buffer).toString('latin1')
  return text
}

/** What opens a tunnel. */
export const success = 'HTTP/1.1 200 OK\r\n\r\n'
