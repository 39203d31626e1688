import type { Note } from '../config/types.ts'

const variables = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])

/** A note where the environment names a proxy: some clients would go through it by themselves, a pool's connections never do. */
export function proxyNotes(env: NodeJS.ProcessEnv = process.env): readonly Note[] {
  // Not their values, which may hold a password. On Windows both spellings are one variable.
  const names = new Set(
    variables.filter((name) => env[name]).map((name) => (process.platform === 'win32' ? name.toUpperCase() : name)),
  )
  if (names.size === 0) return []
  const [set, it] = names.size === 1 ? ['is set', 'it'] : ['are set', 'them']
  const instead = env.NODE_USE_ENV_PROXY === '1' ? `, also with NODE_USE_ENV_PROXY` : ''
  return [
    {
      field: 'proxy',
      support: 'unsupported',
      message:
        `${[...names].join(', ')} ${set} in the environment, but the pool does not read ${it}: it connects directly${instead}. ` +
        'To go through the proxy, dial it yourself: createConnection of the agents in pool.options, or connect of undici',
    },
  ]
}
