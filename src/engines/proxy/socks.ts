import type { LookupFunction, Socket } from 'node:net'
import type { ProxyServer } from '../../config/proxies/proxy-server.ts'
import { PoolUnsupportedError } from '../../errors.ts'

/** How long the package waits longer than the pool, whose own deadline is the one that counts. */
const longer = 60_000

/** Of `setTimeout`: with more it fires at once. */
const longestTimer = 2 ** 31 - 1

/**
 * Has a SOCKS 5 proxy, to which `socket` is connected, connect it to a host (RFC 1928, RFC 1929). Throws ERR_POOL_UNSUPPORTED where the package
 * socks is missing.
 * @param patience the pool's `connectTimeout` in milliseconds: the package keeps a timer, and by it the socket, for as long as it is told to wait
 */
export async function openSocksTunnel(
  socket: Socket,
  server: ProxyServer,
  host: string,
  port: number,
  lookup: LookupFunction | undefined,
  patience: number,
): Promise<void> {
  const { SocksClient } = await load()
  const name = server.scheme === 'socks5' ? await addressOf(host, lookup) : host
  const credentials = server.credentials()
  await SocksClient.createConnection({
    command: 'connect',
    destination: { host: name, port },
    proxy: {
      host: server.host,
      port: server.port,
      type: 5,
      ...(credentials !== null && { userId: credentials.username, password: credentials.password }),
    },
    existing_socket: socket,
    timeout: Math.min(patience + longer, longestTimer),
  })
}

async function load(): Promise<typeof import('socks')> {
  try {
    return await import('socks')
  } catch (cause) {
    throw new PoolUnsupportedError('a proxy by SOCKS needs the package socks, which is not installed: npm install socks', {
      cause,
    })
  }
}

/** By `socks5` this machine looks names up, by `socks5h` the proxy. */
function addressOf(host: string, lookup: LookupFunction | undefined): Promise<string> {
  const { isIP } = process.getBuiltinModule('node:net')
  if (isIP(host) !== 0) return Promise.resolve(host)
  const look = lookup ?? (process.getBuiltinModule('node:dns').lookup as LookupFunction)
  return new Promise((resolve, reject) => {
    look(host, {}, (error, address) => {
      const found = Array.isArray(address) ? address[0]?.address : address
      if (error) reject(error)
      else if (found === undefined) reject(new Error(`the look-up of ${host} gave no address`))
      else resolve(found)
    })
  })
}
