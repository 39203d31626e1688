// A server that takes as long as each request asks for, in a process of its own: `/?take=<ms>`.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer((request, response) => {
  const take = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('take'))
  setTimeout(() => response.end('ok'), take)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
