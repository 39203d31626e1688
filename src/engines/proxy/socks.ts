import type { LookupFunction, Socket } from 'node:net'
import type { ProxyServer } from '../../config/proxies/proxy-server.ts'

const version = 5
const ofCredentials = 1
const method = { none: 0, credentials: 2 }
const kind = { ipv4: 1, name: 3, ipv6: 4 }

/** What a proxy answers a request with, by its code (RFC 1928 §6). */
const refusals: readonly string[] = [
  '',
  'it has failed',
  'its rules do not allow the connection',
  'the network can’t be reached',
  'the host can’t be reached',
  'the host refuses the connection',
  'the time to live has expired',
  'it knows no such command',
  'it knows no such kind of address',
]

/**
 * Has a SOCKS 5 proxy, to which `socket` is connected, connect it to a host (RFC 1928, RFC 1929). What follows its answer stays in the socket: it
 * belongs to the tunnel. Throws what the proxy refuses; never settles where the socket ends before that.
 */
export async function openSocksTunnel(
  socket: Socket,
  server: ProxyServer,
  host: string,
  port: number,
  lookup: LookupFunction | undefined,
): Promise<void> {
  const to = server.scheme === 'socks5' ? await addressOf(host, lookup) : host
  const credentials = server.credentials()
  socket.write(Buffer.from(credentials === null ? [version, 1, method.none] : [version, 2, method.none, method.credentials]))
  const [spoken, chosen] = await read(socket, 2)
  if (spoken !== version) throw new Error('it speaks no SOCKS 5')
  if (chosen === method.credentials && credentials !== null) {
    const { username, password } = credentials
    socket.write(Buffer.concat([Buffer.from([ofCredentials]), counted(username, 'user'), counted(password, 'password')]))
    const [, status] = await read(socket, 2)
    if (status !== 0) throw new Error('it does not let this user and password in')
  } else if (chosen !== method.none) {
    throw new Error(credentials === null ? 'it wants a user and a password' : 'it takes no user and password')
  }
  const place = Buffer.alloc(2)
  place.writeUInt16BE(port)
  socket.write(Buffer.concat([Buffer.from([version, 1, 0]), destination(to), place]))
  const [, code = 1, , type] = await read(socket, 4)
  if (code !== 0) throw new Error(refusals[code] ?? `it refuses with code ${code}`)
  // Where it has connected from, and the port of that.
  const length = type === kind.ipv4 ? 4 : type === kind.ipv6 ? 16 : ((await read(socket, 1))[0] ?? 0)
  await read(socket, length + 2)
}

/** Exactly so many bytes. */
function read(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const onReadable = () => {
      const chunk = socket.read(count) as Buffer | null
      // At its end a socket gives what it has left.
      if (chunk === null || chunk.length < count) return
      socket.off('readable', onReadable)
      resolve(chunk)
    }
    socket.on('readable', onReadable)
    onReadable()
  })
}

/** A text behind the number of its bytes. */
function counted(text: string, what: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 255) throw new Error(`the ${what} has more than the 255 bytes that SOCKS 5 has room for`)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function destination(host: string): Buffer {
  switch (process.getBuiltinModule('node:net').isIP(host)) {
    case 4:
      return Buffer.from([kind.ipv4, ...host.split('.').map(Number)])
    case 6:
      return Buffer.from([kind.ipv6, ...groupsOf(host).flatMap((group) => [group >> 8, group & 255])])
    default:
      return Buffer.concat([Buffer.from([kind.name]), counted(host, 'name of the host')])
  }
}

/** The eight numbers of an IPv6 address; its zone, which means something only here, left out. */
function groupsOf(address: string): number[] {
  const [head = [], tail] = (address.split('%')[0] as string).split('::').map(numbersOf)
  if (tail === undefined) return head
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

function numbersOf(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return Number.parseInt(group, 16)
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
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
