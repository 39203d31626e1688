import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientRequest, Started } from '../../cli/src/conformance/clients/types.ts'
import type { Random } from '../random.ts'
import type { Budget, Member } from './budget.ts'
import { type Behaviour, behaviours } from './server/answers.ts'
import type { Ports } from './server/messages.ts'

/** No request lasts longer: then its caller aborts it. */
export const longest = 800

/** How the body of an answer is treated. */
type Reading = 'all' | 'cancel' | 'later' | 'never'

export interface Places {
  readonly ports: Ports
  /** Where nobody listens. */
  readonly refused: number
}

/** Good answers for the most part. */
function behaviour(random: Random): Behaviour {
  return random.chance(0.6) ? 'ok' : random.pick(behaviours)
}

/** Mostly one of a few hosts; now and then one that has never been asked before. */
function host(random: Random, budget: number): string {
  const number = random.chance(0.9) ? random.whole(1, 2) : random.whole(1, 1_000_000)
  const kind = random.chance(0.96) ? '' : random.pick(['-slow', '-unknown'])
  return `b${budget}-${number}${kind}.probe.test`
}

function origin(random: Random, name: string, { ports, refused }: Places): string {
  if (random.chance(0.02)) return `http://${name}:${refused}`
  if (random.chance(0.01)) return `${random.pick(['http', 'https'])}://${name}:${ports.mute}`
  if (random.chance(0.3)) return `https://${name}:${random.pick(ports.https)}`
  return `http://${name}:${random.pick(ports.http)}`
}

/** Sends one random request through one of the budget's pools, and gives the client's name and how it ended. */
export async function sendRandom(random: Random, budget: Budget, places: Places): Promise<{ client: string; error?: unknown }> {
  const member = random.pick([...budget.members.values()])
  const client = member.client.name
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), random.chance(0.15) ? random.between(0, 60) : longest)
  const url = `${origin(random, host(random, budget.ledger.id), places)}/`
  try {
    if (member.handle.tunnel !== undefined && random.chance(0.05)) await tunnel(random, budget, member, url, abort.signal)
    else await exchange(random, member, url, abort.signal)
    return { client }
  } catch (error) {
    return { client, error }
  } finally {
    clearTimeout(timer)
    abort.abort()
  }
}

async function exchange(random: Random, member: Member, url: string, signal: AbortSignal): Promise<void> {
  const method = random.pick(['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT'])
  const body = method !== 'POST' && method !== 'PUT' ? undefined : random.chance(0.5) ? 'a whole body' : () => stream()
  const reading = random.pick<Reading>(['all', 'all', 'all', 'all', 'all', 'cancel', 'later', 'never'])
  const request: ClientRequest = {
    url: url + behaviour(random),
    method,
    signal,
    readBody: reading === 'all' ? 'all' : 'none',
    abortBy: random.pick(['signal', 'destroy']),
    ...(body === undefined ? {} : { body }),
  }
  const answer = await member.handle.start(member.pool, request)
  await treat(random, reading, answer)
}

async function treat(random: Random, reading: Reading, answer: Started): Promise<void> {
  if (reading === 'cancel') return answer.cancel()
  if (reading === 'all') return void (await answer.read())
  await sleep(random.between(1, 100))
  if (reading === 'later') await answer.read()
  // It stays unread until the end of the request aborts it.
}

function stream(): Readable {
  return Readable.from(['a body ', 'in parts'].map((part) => Buffer.from(part)))
}

async function tunnel(random: Random, budget: Budget, member: Member, url: string, signal: AbortSignal): Promise<void> {
  budget.ledger.tunnels++
  try {
    const socket = await member.handle.tunnel?.(member.pool, { url, signal }, random.pick(['upgrade', 'connect-method']))
    if (socket === undefined) return
    // Whatever the other side does; and never left behind, since timers are counted at each checkpoint.
    const timer = setTimeout(() => socket.destroy(), 100)
    const closed = new Promise<void>((resolve) =>
      socket.on('close', () => {
        clearTimeout(timer)
        resolve()
      }),
    )
    socket.on('error', () => {})
    if (random.chance(0.5)) {
      socket.resume()
      socket.end('echo')
    } else socket.destroy()
    await closed
  } finally {
    budget.ledger.tunnels--
  }
}
