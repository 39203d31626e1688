import { isPoolError, type PoolErrorCode } from 'polypool'
import type { AnyPool } from '../client.ts'
import type { ScenarioContext, ScenarioOrigin } from '../context.ts'
import { check, describe, equal, failed, type Outcome } from '../expect.ts'
import type { Scenario } from '../scenario.ts'

/** How one error is brought about, and what its message must name so that it can be acted on. */
interface Case {
  readonly code: PoolErrorCode
  /** Where there are several ways to it. */
  readonly how?: string
  readonly config: Scenario['config']
  readonly names: string
  /** The fields that it carries besides its origin: a value, or anything. */
  readonly fields: { readonly [field in 'waited' | 'pending' | 'limit']?: number | 'any' }
  provoke(context: ScenarioContext, pool: AnyPool, origin: ScenarioOrigin): Promise<Outcome>
}

async function whileOneRuns(context: ScenarioContext, pool: AnyPool, origin: ScenarioOrigin): Promise<Outcome> {
  const held = context.send(pool, origin.url('hold=first'))
  await context.arrived(origin, 1)
  const outcome = await context.outcome(pool, origin.url())
  await context.probe.release('first')
  await held
  return outcome
}

const cases: readonly Case[] = [
  {
    code: 'ERR_POOL_ACQUIRE_TIMEOUT',
    config: { maxConnections: 1, acquireTimeout: 50 },
    names: 'maxConnections',
    fields: { waited: 'any', pending: 1, limit: 1 },
    provoke: whileOneRuns,
  },
  {
    code: 'ERR_POOL_FULL',
    config: { maxConnectionsPerHost: 1, block: false, maxOverflow: 0 },
    names: 'maxConnectionsPerHost',
    fields: { waited: 'any', pending: 0, limit: 1 },
    provoke: whileOneRuns,
  },
  {
    code: 'ERR_POOL_QUEUE_FULL',
    config: { maxConnections: 1, maxPending: 0 },
    names: 'maxPending',
    fields: { waited: 'any', pending: 0, limit: 0 },
    provoke: whileOneRuns,
  },
  {
    code: 'ERR_POOL_CLOSED',
    config: {},
    names: 'closed',
    fields: {},
    async provoke(context, pool, origin) {
      await pool.close()
      return context.outcome(pool, origin.url())
    },
  },
  {
    code: 'ERR_POOL_CLOSED',
    how: 'waiting',
    config: { maxConnections: 1 },
    names: 'closed',
    fields: { waited: 'any', pending: 1 },
    async provoke(context, pool, origin) {
      const running = context.outcome(pool, origin.url('hold=never'))
      await context.arrived(origin, 1)
      const waiting = context.outcome(pool, origin.url())
      await context.eventually(() => pool.stats().pending, 1, 'stats().pending')
      await pool.destroy()
      await running
      return waiting
    },
  },
  {
    code: 'ERR_POOL_CONNECT_TIMEOUT',
    config: { connectTimeout: 50 },
    names: 'connectTimeout',
    fields: { waited: 'any', limit: 50 },
    async provoke(context, pool) {
      const stalled = await context.origin({ scheme: 'https', mode: 'stall' })
      return context.outcome(pool, stalled.url())
    },
  },
]

/** Every code as it arrives through each client. */
export const errors: readonly Scenario[] = cases.map(({ code, how, config, names, fields, provoke }) => ({
  id: how === undefined ? `errors/${code}` : `errors/${code}-${how}`,
  title: `${code}${how === undefined ? '' : `, ${how},`} is recognised however the client wraps it, and says where and why`,
  covers: [code],
  config: config ?? {},
  async run(context) {
    const origin = await context.origin()
    const pool = context.pool(context.config, { name: 'payments' })
    const error = failed(await provoke(context, pool, origin), 'the request')
    check(isPoolError(error), `expected an error of the pool, got ${describe(error)}`)
    check(isPoolError(error, code), `expected ${code}, got ${describe(error)}`)
    for (const other of cases)
      if (other.code !== code) equal(isPoolError(error, other.code), false, `isPoolError(error, '${other.code}')`)
    if (context.client.driver.abilities.includes('raw-errors')) {
      equal((error as { code?: unknown }).code, code, 'error.code, of a client that passes errors on as they are')
    }
    const text = describe(error)
    check(text.includes('127.0.0.1:'), `the message names no origin: ${text}`)
    check(text.includes(names), `the message does not name ${names}: ${text}`)
    checkFields(error, code, fields)
  },
}))

/** The error itself, whoever wrapped it, tells in fields what its message says; clients that copy only the code hide them. */
function checkFields(error: unknown, code: PoolErrorCode, fields: Case['fields']): void {
  let found = error as { code?: unknown; cause?: unknown; origin?: unknown; [field: string]: unknown } | undefined
  while (found !== undefined && !(found.code === code && 'origin' in found)) found = found.cause as typeof found
  if (found === undefined) return
  equal(found.pool, 'payments', 'error.pool')
  check(String(found.origin).includes('127.0.0.1:'), `error.origin is ${String(found.origin)}`)
  for (const [field, expected] of Object.entries(fields)) {
    if (expected === 'any') check(Number.isInteger(found[field]), `error.${field} is ${String(found[field])}`)
    else equal(found[field], expected, `error.${field}`)
  }
}
