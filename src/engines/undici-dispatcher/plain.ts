import { channel } from 'node:diagnostics_channel'
import type { DispatchOptions } from './peer.ts'

const created = channel('undici:request:create')
const failed = channel('undici:request:error')

const methods: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Headers that undici itself looks at. */
const special = /^(?:host|content-length|transfer-encoding|connection|keep-alive|upgrade|expect)$/i

/** Whether it sets an option that undici checks; any other is not its own. One by one, as a loop over their names takes ten times as long. */
function setsChecked(options: DispatchOptions): boolean {
  return (
    options.query != null ||
    options.upgrade != null ||
    options.headersTimeout != null ||
    options.bodyTimeout != null ||
    options.reset != null ||
    options.blocking != null ||
    options.idempotent != null ||
    options.expectContinue != null ||
    options.servername != null ||
    options.throwOnError != null ||
    options.maxRedirections != null ||
    options.typeOfService != null
  )
}

/**
 * Whether a request that waits can do without undici's own object of it, which would grow old and be collected dearly: nobody listens to what
 * becomes of it, and undici is sure to take it. Says no in doubt.
 */
export function isPlain(options: DispatchOptions): boolean {
  if (created.hasSubscribers || failed.hasSubscribers || !methods.has(options.method)) return false
  const { path, headers, body } = options
  if (typeof path !== 'string' || !/^\/[\x21-\x7e]*$/.test(path)) return false
  if (body !== undefined && body !== null && typeof body !== 'string' && !ArrayBuffer.isView(body)) return false
  if (setsChecked(options)) return false
  return headers === undefined || headers === null || arePlain(headers)
}

function arePlain(headers: unknown): boolean {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers) || Symbol.iterator in headers) return false
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w-]+$/.test(name) || special.test(name) || typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value)) return false
  }
  return true
}
