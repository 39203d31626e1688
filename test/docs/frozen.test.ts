// What docs/guides/serverless.md says of an instance that is frozen between two calls: a process that is stopped while its server closes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { hasUnixShell } from '../platform.ts'

const adapter = new URL('../../adapters/node-http.ts', import.meta.url).href

/** With each line of its input it is stopped, and sends a POST as it wakes, before it has heard what came meanwhile; it says how that ended. */
const instance = `
  import { createInterface } from 'node:readline'
  import fs from 'node:fs'
  import http from 'node:http'
  import { createPool } from '${adapter}'

  const agent = createPool({ keepAliveExpiry: '1h' }).options.http
  const post = (url) => new Promise((resolve) => {
    const request = http.request(url, { agent, method: 'POST' }, (response) => response.resume().on('end', () => resolve('answered')))
    request.on('error', ({ code }) => resolve(code)).end('order')
  })
  for await (const url of createInterface({ input: process.stdin })) {
    setTimeout(async () => console.log(await post(url)), 1)
    fs.writeSync(1, 'stops\\n')
    process.kill(process.pid, 'SIGSTOP')
  }
`

test.runIf(hasUnixShell)('a frozen instance sends no POST into a connection that has ended meanwhile', async () => {
  const sockets: Socket[] = []
  const server = http.createServer((request, response) => void request.resume().on('end', () => response.end('done')))
  server.on('connection', (socket) => sockets.push(socket))
  server.keepAliveTimeout = 0
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const child = spawn(process.execPath, ['--input-type=module', '-e', instance], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
    server.close()
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const next = async () => String((await lines.next()).value)
  const said: string[] = []
  for (let call = 0; call < 10; call++) {
    child.stdin.write(`${url}\n`)
    expect(await next()).toBe('stops')
    const [socket] = sockets.splice(0)
    if (call > 0 && socket === undefined) throw new Error('it kept no connection')
    await new Promise<void>((resolve) => (socket ? socket.end(resolve) : resolve()))
    // More than once, as it may not have stopped yet.
    const waking = setInterval(() => child.kill('SIGCONT'), 20)
    said.push(await next())
    clearInterval(waking)
  }
  expect(said).toEqual(Array.from({ length: 10 }, () => 'answered'))
})
