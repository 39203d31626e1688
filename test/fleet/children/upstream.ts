// A server in a process of its own that counts its connections exactly: at the end of each poll phase, in which it has read of every connection
// that had been opened or closed by then. `GET /<member>/<ms>` is answered after so many milliseconds.
import net from 'node:net'

const open = new Map<net.Socket, string | undefined>()
/** Members that are frozen, whose sockets nobody can close. */
let exempt = new Set<string>()
let peak = 0
let served = 0
let counting = false

function count(): void {
  if (counting) return
  counting = true
  setImmediate(() => {
    counting = false
    let sum = 0
    for (const member of open.values()) if (member === undefined || !exempt.has(member)) sum++
    peak = Math.max(peak, sum)
  })
}

const server = net.createServer({ noDelay: true }, (socket) => {
  open.set(socket, undefined)
  count()
  const gone = () => open.delete(socket)
  socket.on('error', gone).on('end', gone).on('close', gone)
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const [, member, ms] = /^GET \/([^/]+)\/(\d+) /.exec(text) ?? []
      text = text.slice(end + 4)
      open.set(socket, member)
      setTimeout(() => {
        served++
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok')
      }, Number(ms))
    }
  })
})

process.on('message', ({ call, reset, exempt: frozen }: { call: number; reset?: boolean; exempt?: string[] }) => {
  if (frozen !== undefined) exempt = new Set(frozen)
  const by: { [member: string]: number } = {}
  for (const member of open.values()) if (member !== undefined) by[member] = (by[member] ?? 0) + 1
  process.send?.({ call, open: open.size, peak, served, by })
  if (reset) peak = 0
  count()
})
process.on('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as net.AddressInfo).port }))
