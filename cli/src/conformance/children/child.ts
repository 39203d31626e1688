// Entry of a process that uses a client by itself, to see when it ends and what it leaves: see run-child.ts.
import { loadClient } from '../catalog.ts'
import { ClientUse } from '../client-use.ts'
import { dispatchersAsFound } from './dispatchers.ts'
import type { ChildReport, ChildTask } from './messages.ts'

const { client: source, task, url, config = {} }: ChildTask = JSON.parse(process.argv[2] ?? '{}')

function report(report: ChildReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

const tasks: { readonly [T in ChildTask['task']]: () => Promise<void> } = {
  /** Leaves an idle connection behind. Nothing may keep the process then. */
  async idle() {
    const use = new ClientUse(await loadClient(source))
    const pool = use.client.adapter.createPool({ keepAliveExpiry: '1h', maxLifetime: '1h', ...config })
    await use.send(pool, url)
    report({ event: 'idle', detail: pool.stats().idle })
  },
  /** Has one request wait while nothing else could keep the process: the socket of the other is unref'd. */
  async waiting() {
    const use = new ClientUse(await loadClient(source))
    const pool = use.client.adapter.createPool({ maxConnections: 1, acquireTimeout: 2000, ...config })
    use.send(pool, `${url}hold=never`)
    const waiting = use.outcome(pool, url)
    while (pool.stats().pending === 0 || pool.stats().active === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    unrefSockets()
    const outcome = await waiting
    report({ event: 'settled', detail: (outcome.error as { code?: string; cause?: { code?: string } } | undefined)?.code })
    await pool.destroy()
  },
  async dispatchers() {
    report({ event: 'dispatchers', detail: await dispatchersAsFound(source, url) })
  },
}

await tasks[task]()

/** Undocumented but old: there is no other way to reach the sockets of any client. */
function unrefSockets(): void {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): { unref?(): void; fd?: unknown }[] }
  for (const handle of _getActiveHandles.call(process)) handle.unref?.()
}
