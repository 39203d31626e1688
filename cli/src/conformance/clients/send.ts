import type { Answer, ClientHandle, ClientRequest } from './types.ts'

/** Sends one request and does with its body what `readBody` says. */
export async function send(client: ClientHandle, pool: { readonly options: unknown }, request: ClientRequest): Promise<Answer> {
  const started = await client.start(pool, request)
  const { readBody = 'all' } = request
  const body = readBody === 'all' ? await started.read() : ''
  if (readBody === 'cancel') started.cancel()
  return { ...started, body }
}
