import { setTimeout as sleep } from 'node:timers/promises'
import { wallClock } from '../time.ts'
import { listenersOf } from './budget.ts'
import { socketsInKernel } from './kernel.ts'
import type { ServerReport } from './server/messages.ts'
import type { SoakServer } from './soak-server.ts'
import type { Traffic } from './traffic.ts'

/** For what is under way to end. */
const patience = 60_000

/** What keeps the process alive, and who listens to it, when the first pools are quiet: it must stay so. */
export class Surroundings {
  #resources: string | undefined
  #listeners: string | undefined

  /** What has changed since the first time. */
  differences(): string[] {
    const resources = tally(process.getActiveResourcesInfo())
    const listeners = process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`)
    this.#resources ??= resources
    this.#listeners ??= listeners.sort().join(', ')
    return [
      ...(resources === this.#resources ? [] : [`active resources were ${this.#resources}, and are ${resources}`]),
      ...(listeners.sort().join(', ') === this.#listeners ? [] : [`listeners were ${this.#listeners}, and are ${listeners}`]),
    ]
  }
}

/** Above this the server's count says nothing: what has closed meanwhile and what has opened is open to it at one time. */
const busy = 50

/**
 * The server must not see clearly more connections at one time than the clients have opened. It learns of a close a moment after the client,
 * hence the allowance; the exact count is the client's own.
 */
export function seenByServer(peak: number, { peak: seen, lag, accepted }: ServerReport, opened: number): string[] {
  return [
    ...(lag < busy && seen > peak * 1.5 + 5 ? [`the server saw ${seen} connections at one time, the clients had ${peak}`] : []),
    ...(accepted > opened ? [`the server accepted ${accepted} connections, the clients opened ${opened}`] : []),
  ]
}

/** With no request under way: pools, sockets, the operating system and the server must come to agree. Gives what does not. */
export async function disagreements(traffic: Traffic, server: SoakServer): Promise<string[]> {
  const elapsed = wallClock()
  for (;;) {
    const found = await compare(traffic, server)
    if (found.length === 0 || elapsed() > patience) return [...found, ...changedListeners(traffic)]
    await sleep(20)
  }
}

async function compare(traffic: Traffic, server: SoakServer): Promise<string[]> {
  const { open: accepted } = await server.report()
  const { http, https, mute } = server.ports
  const system = socketsInKernel(new Set([...http, ...https, mute]))
  const found: string[] = []
  let sockets = 0
  for (const budget of traffic.budgets) {
    const { id, open: counted } = budget.ledger
    const { open, active, idle, pending, hosts } = budget.stats()
    sockets += counted
    if (active + pending > 0) found.push(`budget ${id}: active ${active}, pending ${pending}, with no request under way`)
    if (open !== idle || open !== counted) found.push(`budget ${id}: stats().open ${open}, idle ${idle}, sockets ${counted}`)
    const byHost = Object.values(hosts).reduce((sum, host) => sum + host.open, 0)
    if (byHost !== open) found.push(`budget ${id}: open ${open}, by host ${byHost}`)
  }
  if (system !== null && system !== sockets) found.push(`sockets ${sockets}, by the operating system ${system}`)
  if (accepted !== sockets) found.push(`sockets ${sockets}, by the server ${accepted}`)
  return found
}

function changedListeners({ budgets }: Traffic): string[] {
  return budgets.flatMap(({ members }) =>
    [...members.values()].flatMap(({ client, pool, listeners }) => {
      const now = listenersOf(pool)
      return now === listeners ? [] : [`listeners of ${client.name} were "${listeners}", and are "${now}"`]
    }),
  )
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, count]) => `${name} ${count}`)
    .sort()
    .join(', ')
}
