import type { ChildTask } from '../children/messages.ts'
import { runChild } from '../children/run-child.ts'
import type { ScenarioContext } from '../context.ts'
import { check, equal, same } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** Starting Node and importing a client takes a while on a busy machine; a process that hangs is killed after this. Far below what could keep it. */
const limitMs = 100_000

async function inChild(context: ScenarioContext, task: ChildTask['task']) {
  const origin = await context.origin({ scheme: 'http' })
  const { source } = context.client
  check(source !== null, 'the client can be loaded by name')
  const run = await runChild({ client: source, task, url: origin.url() }, limitMs)
  equal(run.stderr, '', 'what the process wrote to stderr')
  return run
}

/** What a pool does to its process. */
export const processes: readonly Scenario[] = [
  {
    id: 'process/idle-lets-go',
    title: 'idle connections and their timers do not keep the process alive',
    covers: ['rule-6', 'keepAliveExpiry'],
    config: { keepAliveExpiry: '1h' },
    startsClient: true,
    async run(context) {
      const { reports, code } = await inChild(context, 'idle')
      same(reports, [{ event: 'idle', detail: 1 }], 'reports')
      // Killed for hanging it would have none.
      equal(code, 0, 'exit code')
    },
  },
  {
    id: 'process/waiting-holds',
    title: 'a waiting request keeps the process alive until it is settled',
    covers: ['rule-6', 'acquireTimeout'],
    config: { acquireTimeout: 2000 },
    startsClient: true,
    async run(context) {
      const { reports, code } = await inChild(context, 'waiting')
      equal(reports.at(-1)?.event, 'settled', 'the last report (without it the process ended while a request waited)')
      equal(code, 0, 'exit code')
    },
  },
  {
    id: 'process/dispatchers-untouched',
    title: "the platform's fetch keeps its own dispatcher, however the pool loads undici",
    covers: ['trap:undici-import-replaces-fetch-dispatcher'],
    // Importing undici is what would do it: these import nothing but the adapter.
    only: ['undici-dispatch', 'fetch'],
    startsClient: true,
    async run(context) {
      const { reports } = await inChild(context, 'dispatchers')
      same(reports, [{ event: 'dispatchers', detail: 'as found' }], 'reports')
    },
  },
]
