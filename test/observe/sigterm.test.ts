import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root } from '../../scripts/root.ts'
import { useServers } from './scripted-server.ts'

const [upstream] = useServers(1) as [ReturnType<typeof useServers>[0]]

/** The server of a service keeps idle connections for ever: one that waits for a caller to leave its connection does not end. */
const forEver = `
  import net from 'node:net'
  const { listen } = net.Server.prototype
  net.Server.prototype.listen = function (...args) {
    this.keepAliveTimeout = 0
    return listen.apply(this, args)
  }`

interface Service {
  readonly child: ChildProcess
  readonly port: number
  /** Resolves with its exit code, and the signal that it died of. */
  readonly exited: Promise<unknown[]>
  /** What its pool has decided. */
  readonly decisions: readonly string[]
  /** Resolves once so many requests wait in its pool. */
  readonly waiting: (count: number) => Promise<void>
}

/** @param deadline milliseconds */
async function start(framework: string, deadline: number): Promise<Service> {
  const preload = `data:text/javascript,${encodeURIComponent(forEver)}`
  const args = ['--disable-warning=ExperimentalWarning', '--import', preload, `examples/shutdown/${framework}.mjs`]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, UPSTREAM: upstream.url, DEADLINE: String(deadline), CONNECTIONS: '2', NODE_DEBUG: 'polypool' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'close')
  const decisions: string[] = []
  let pending = 0
  const looking = new Set<() => void>()
  createInterface({ input: child.stderr as Readable }).on('line', (line) => {
    const decided = /: upstream (.*)/.exec(line)?.[1]
    if (decided !== undefined) decisions.push(decided)
    pending = Number(/^wait .* (\d+) requests? pending/.exec(decided ?? '')?.[1] ?? pending)
    for (const look of looking) look()
  })
  const [line] = (await once(child.stdout as Readable, 'data')) as [Buffer]
  const waiting = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => void (pending >= count && resolve())
      looking.add(look)
      look()
    })
  return { child, port: Number(line), exited, decisions, waiting }
}

interface Answer {
  /** Status and body, or the error that it ended with. */
  readonly text: string
  readonly connection: string | undefined
}

/** What comes back, and when it begins to. */
interface Asked {
  readonly begun: Promise<unknown>
  readonly answer: Promise<Answer>
}

/** Asks as a caller who keeps his connections. */
function useCaller(port: number): (path: string) => Asked {
  const agent = new http.Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return (path) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent })
    const begun = once(request, 'response')
    begun.catch(() => {})
    const answer = new Promise<Answer>((resolve) => {
      const fail = ({ code = '' }: NodeJS.ErrnoException) => resolve({ text: code, connection: undefined })
      request.on('error', fail).on('response', (response) => {
        let body = ''
        response.on('error', fail).on('data', (part) => (body += part))
        response.on('end', () => resolve({ text: `${response.statusCode} ${body}`, connection: response.headers.connection }))
      })
    })
    return { begun, answer }
  }
}

/** A caller who has sent half of a request. */
async function sendHalf(port: number): Promise<{ finish(): Promise<string> }> {
  const socket = net.connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: half\r\n')
  return {
    async finish() {
      let text = ''
      socket.on('data', (part) => (text += part)).write('\r\n')
      await once(socket, 'close')
      return text
    },
  }
}

/** `taken`, or why not. */
async function connect(port: number): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return 'taken'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? ''
  } finally {
    socket.destroy()
  }
}

async function refuses(port: number): Promise<void> {
  while ((await connect(port)) !== 'ECONNREFUSED') await new Promise((resolve) => setTimeout(resolve, 5))
}

/** What each makes of a request that comes after SIGTERM, on a connection of before. */
const frameworks = [
  { framework: 'http', served: 8, late: /^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*ok/is },
  { framework: 'express', served: 8, late: /^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*ok/is },
  { framework: 'fastify', served: 7, late: /^HTTP\/1\.1 503 .*\r\nconnection: close\r\n/is },
]

describe.each(frameworks)('SIGTERM to a service on $framework', ({ framework, served, late }) => {
  test('what was sent is answered, nothing new is taken, and the process ends by itself', async () => {
    const { child, port, exited, decisions, waiting } = await start(framework, 3_600_000)
    const ask = useCaller(port)
    // This caller's connection is idle from here on.
    expect((await useCaller(port)('/').answer).text).toBe('200 ok')
    // An answer that its upstream doesn't finish is cut, not left open.
    const cut = ask('/begin')
    await cut.begun
    upstream.endAll()
    expect((await cut.answer).text).toBe('ECONNRESET')
    upstream.letGo()
    const half = await sendHalf(port)
    const underWay = [ask('/begin'), ask('/hold')]
    await underWay[0]?.begun
    await upstream.holds(2)
    underWay.push(ask('/'), ask('/'), ask('/'))
    await waiting(3)

    child.kill('SIGTERM')
    await refuses(port)
    const more = await Promise.all(Array.from({ length: 20 }, () => connect(port)))
    expect(more.filter((outcome) => outcome !== 'ECONNREFUSED')).toEqual([])
    expect(child.exitCode).toBeNull()
    const finished = half.finish()
    upstream.letGo()

    const answers = await Promise.all(underWay.map(({ answer }) => answer))
    expect(answers.map(({ text }) => text)).toEqual(['200 begun, held', '200 held', '200 ok', '200 ok', '200 ok'])
    expect(answers.map(({ connection }) => connection)).toEqual(['keep-alive', 'close', 'close', 'close', 'close'])
    expect(await finished).toMatch(late)
    expect(await exited).toEqual([0, null])
    // The pool ends after all that needed it, and refuses nobody.
    const ends = decisions
      .map((decision) => decision.split(' ')[0])
      .filter((word) => word === 'closed' || word === 'grant' || word === 'reject')
    expect(ends).toEqual([...Array(served).fill('grant'), 'closed'])
  })

  test('what is not answered in time is ended, and the process too', async () => {
    const { child, port, exited, waiting } = await start(framework, 200)
    const ask = useCaller(port)
    await sendHalf(port)
    const begun = ask('/begin')
    const held = ask('/hold')
    await begun.begun
    await upstream.holds(2)
    const queued = ask('/')
    await waiting(1)

    child.kill('SIGTERM')
    expect((await begun.answer).text).toBe('ECONNRESET')
    expect((await held.answer).text).toMatch(/^502 |^ECONNRESET$/)
    expect((await queued.answer).text).toMatch(/^502 |^ECONNRESET$/)
    expect(await exited).toEqual([0, null])
    upstream.letGo()
  })
})
