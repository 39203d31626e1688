import http from 'node:http'
import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
import { connections, type Send } from '../subjects.ts'

/** A pool of the sources in some checkout of this repository. */
export async function open(root: string, client: 'node-http' | 'undici', port: number): Promise<Send> {
  const { createPool } = await import(new URL(`adapters/${client}.ts`, root).href)
  const { options } = createPool({ maxConnections: connections, keepAliveExpiry: '2m', acquireTimeout: '2m' })
  if (client === 'undici') {
    const { request } = createRequire(new URL('package.json', root))('undici') as typeof import('undici')
    const { dispatcher } = options as { dispatcher: Dispatcher }
    return async () => (await request(`http://127.0.0.1:${port}/`, { dispatcher })).body.dump()
  }
  return () =>
    new Promise((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port, path: '/', agent: options.http }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
    })
}
