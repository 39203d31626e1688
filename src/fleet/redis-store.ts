import { PoolUnsupportedError } from '../errors.ts'
import { show } from '../text/show.ts'
import { answerOf, fleetKey, script, scriptArguments } from './script.ts'
import type { FleetRound, FleetStore } from './types.ts'

/** As much of a client of `redis` (node-redis, 4 or later) as is used: what `createClient`, or from 5 on `createCluster`, gives, connected. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** As much of a client of `ioredis` (5 or later): `new Redis()` or `new Cluster()`. */
export interface IoredisClient {
  evalsha(sha: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>
}

type Run = (command: 'evalsha' | 'eval', what: string, key: string, given: string[]) => Promise<unknown>

/**
 * Has the members of fleets meet on a server of Redis (6.2 or later) or Valkey: one script a round, which decides alone, on one key a fleet,
 * `polypool:{name}`, which expires when nobody asks any more. The client is the caller's, who connects and closes it. Throws ERR_POOL_UNSUPPORTED
 * for what is no client of either library.
 */
export function redisStore(client: NodeRedisClient | IoredisClient): FleetStore {
  const run = runnerOf(client)
  const sha = process.getBuiltinModule('node:crypto').createHash('sha1').update(script).digest('hex')
  return {
    async exchange(fleet: string, round: FleetRound) {
      const [key, given] = [fleetKey(fleet), scriptArguments(round)]
      try {
        return answerOf(await run('evalsha', sha, key, given))
      } catch (error) {
        if (!isUnknown(error)) throw error
        return answerOf(await run('eval', script, key, given))
      }
    },
  }
}

function runnerOf(client: NodeRedisClient | IoredisClient): Run {
  if (has(client, 'evalSha')) {
    return (command, what, key, given) => {
      const options = { keys: [key], arguments: given }
      return command === 'eval' ? client.eval(what, options) : client.evalSha(what, options)
    }
  }
  if (has(client, 'evalsha')) {
    return (command, what, key, given) =>
      command === 'eval' ? client.eval(what, 1, key, ...given) : client.evalsha(what, 1, key, ...given)
  }
  throw new PoolUnsupportedError(
    `redisStore: ${show(client)} is no client of redis (4 or later) or ioredis (5 or later): pass what createClient() or new Redis() gives`,
  )
}

function has<M extends 'evalSha' | 'evalsha'>(
  client: unknown,
  method: M,
): client is M extends 'evalSha' ? NodeRedisClient : IoredisClient {
  return typeof client === 'object' && client !== null && typeof (client as { [name in M]?: unknown })[method] === 'function'
}

/** A server that was restarted, or another one, does not know the script yet. */
function isUnknown(error: unknown): boolean {
  return error instanceof Error && error.message.includes('NOSCRIPT')
}
