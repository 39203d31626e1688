import type { Note } from '../config/types.ts'

const variables = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])

/** The variables that are set and name a proxy; on Windows, where both spellings are one, in capitals. */
export function namedProxies(env: NodeJS.ProcessEnv): readonly string[] {
  const spelled = (name: string) => (process.platform === 'win32' ? name.toUpperCase() : name)
  return [...new Set(variables.filter((name) => env[name]).map(spelled))]
}

/**
 * A note where the environment names a proxy and the config says nothing of it: some clients would go through it by themselves, a pool's connections
 * do not.
 */
export function proxyNotes(env: NodeJS.ProcessEnv = process.env): readonly Note[] {
  // Not their values, which may hold a password.
  const names = namedProxies(env)
  if (names.length === 0) return []
  const [set, it] = names.length === 1 ? ['is set', 'it'] : ['are set', 'them']
  const also = env.NODE_USE_ENV_PROXY === '1' ? `, also with NODE_USE_ENV_PROXY` : ''
  const message = `${names.join(', ')} ${set} in the environment, but the pool does not read ${it}: it connects directly${also}. Set proxy: 'env' to go by ${it}, or proxy: false to say that this is meant`
  return [{ field: 'proxy', support: 'unsupported', message }]
}
