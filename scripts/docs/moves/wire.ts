import { execFile } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Every example sends so many requests at once, by so many connections at most. */
const requests = 12

/** What a server saw of one run of an example. */
export interface Seen {
  readonly answers: unknown
  readonly connections: number
  readonly mostAtATime: number
  /** Of the first request, in its order; versions are left out. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/**
 * Runs an example against a server that counts connections.
 * @param limit how many requests it waits for before it answers them
 */
export async function seenOf(file: URL, limit: number): Promise<Seen> {
  const waiting: [IncomingMessage, ServerResponse][] = []
  let [connections, open, mostAtATime, served] = [0, 0, 0, 0]
  let headers: Seen['headers'] = []
  const server = createServer((request, response) => {
    if (headers.length === 0) headers = headersOf(request)
    waiting.push([request, response])
    if (waiting.length < Math.min(limit, requests - served)) return
    setTimeout(() => {
      for (const [{ url }, one] of waiting.splice(0)) {
        served++
        one.end(`answer to ${url}`)
      }
    }, 20)
  })
  server.on('connection', (socket) => {
    connections++
    mostAtATime = Math.max(mostAtATime, ++open)
    socket.on('close', () => open--).on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const env = { ...withoutProxies(), ORIGIN: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, [fileURLToPath(file)], { env, timeout: 60_000 })
    const answers: unknown = JSON.parse(stdout)
    if (!Array.isArray(answers) || answers.length !== requests) throw new Error(`${file} has no ${requests} answers: ${stdout}`)
    return { answers, connections, mostAtATime, headers }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function withoutProxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$|^NODE_OPTIONS$/i.test(name)))
}

function headersOf({ rawHeaders }: IncomingMessage): Seen['headers'] {
  const pairs = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  )
  return pairs.filter(([name]) => name !== 'host').map(([name, value]) => [name, value.replace(/\d+(?:\.\d+)+/g, '…')])
}
