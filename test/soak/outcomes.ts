import { isPoolError } from '../../src/errors.ts'

/** How a request may end besides well: faults of the server, aborts, and what the pool refuses. Everything else is a finding. */
const expected =
  /^(ERR_POOL_(ACQUIRE_TIMEOUT|FULL|QUEUE_FULL|CLOSED|CONNECT_TIMEOUT)|ECONNRESET|ECONNREFUSED|ENOTFOUND|EPIPE|ECONNABORTED|UND_ERR_(SOCKET|RES_CONTENT_LENGTH_MISMATCH|ABORTED|INFO|DESTROYED)|ABORT_ERR|AbortError|HTTPParserError|ERR_CANCELED|ERR_ABORTED|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE|ERR_BAD_RESPONSE|ERR_HTTP_CONTENT_LENGTH_MISMATCH|ERR_STREAM_DESTROYED|ERR_HTTP2_(STREAM_ERROR|STREAM_CANCEL|SESSION_ERROR))$/

/** HTTP/2 has no upgrades but those of WebSocket: undici refuses others. */
const noUpgrade = /Custom upgrade "\w+" not supported over HTTP\/2/

/** The name under which an ending is counted, and what is wrong with it. */
export function explain(error: unknown): { readonly name: string; readonly problem: string | null } {
  if (error === undefined) return { name: 'ok', problem: null }
  const code = codeOf(error)
  if (code.startsWith('ERR_POOL') && !isPoolError(error)) return { name: code, problem: `a false ${code}` }
  const known = expected.test(code) || noUpgrade.test(describe(error))
  return { name: code, problem: known ? null : `an unexpected ending: ${code}: ${describe(error)}` }
}

function codeOf(error: unknown): string {
  let name = 'no error'
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown }
    if (typeof code === 'string') return code
    name = current.name
  }
  return name
}

function describe(error: unknown): string {
  const parts: string[] = []
  for (let current = error; current instanceof Error; current = current.cause) {
    parts.push((current.stack ?? current.message).split('\n').slice(0, 6).join(' '))
  }
  return parts.join(', caused by ') || String(error)
}
