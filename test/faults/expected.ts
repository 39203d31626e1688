import { isPoolError } from '../../src/errors.ts'
import type { EngineName } from './engines.ts'

/** How a request ended for its caller. */
export type Outcome =
  | { readonly status: number; readonly body: string; readonly error?: undefined }
  | { readonly error: unknown; readonly status?: undefined; readonly body?: undefined }

/** How it may end: every way that is right, for every engine. */
export type Expected =
  | { readonly body: string; readonly status: number }
  | { readonly codes: readonly string[] }
  | { readonly either: readonly Expected[] }
  | { readonly byEngine: { readonly [E in EngineName]?: Expected } & { readonly undici: Expected }; readonly because: string }

/** This answer, whole. */
export const whole = (body: string, status = 200): Expected => ({ body, status })

/** An error with one of these codes (or, for want of a code, names). `HPE_*` stands for all of its kind. */
export const fails = (...codes: readonly string[]): Expected => ({ codes })

/** For races that nobody can decide: either is right, and nothing else is. */
export const either = (...ways: readonly Expected[]): Expected => ({ either: ways })

/** Engines differ, and say why. undici 7 is as undici 8 unless it is named. */
export function byEngine(
  ways: {
    readonly 'node-http': Expected
    readonly undici: Expected
    readonly undici7?: Expected
    readonly 'undici-http2'?: Expected
  },
  because: string,
): Expected {
  return { byEngine: ways, because }
}

/** Over HTTP/2 the end of a connection is told as that of its stream, or of its socket, or by what is missing of the body: by what is heard first. */
const cut = fails(
  ...['UND_ERR_SOCKET', 'UND_ERR_INFO', 'ECONNRESET', 'EPIPE', 'ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_STREAM_CANCEL'],
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
)

/** The server has ended the connection before the answer was whole. */
export const closed: Expected = byEngine(
  { 'node-http': fails('ECONNRESET'), undici: fails('UND_ERR_SOCKET'), 'undici-http2': cut },
  'each client has a name of its own for an end that came too early',
)

/** The same by RST, or by an end that makes the kernel answer what is still being sent with RST. */
export const reset: Expected = byEngine(
  { 'node-http': fails('ECONNRESET', 'EPIPE'), undici: fails('ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'), 'undici-http2': cut },
  'what a write meets depends on whether the RST or the FIN before it has come',
)

/** The bytes were no answer. */
export const invalid: Expected = byEngine(
  { 'node-http': fails('HPE_*'), undici: fails('HTTPParserError', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') },
  'each client has names of its own',
)

/** The bytes of the body were none. */
export const invalidBody: Expected = byEngine(
  { 'node-http': fails('ECONNRESET'), undici: fails('HTTPParserError') },
  'node:http tells of a broken body as of one cut short',
)

/** The caller has given it up. */
export const aborted: Expected = byEngine(
  { 'node-http': fails('ABORT_ERR', 'ECONNRESET'), undici: fails('AbortError') },
  'once it has an answer, a request of node:http tells of its abort as of an answer cut short',
)

/** What is wrong with the outcome, or null. */
export function mismatch(expected: Expected, outcome: Outcome, engine: EngineName): string | null {
  if ('byEngine' in expected) {
    const { byEngine: ways } = expected
    return mismatch(ways[engine] ?? ways.undici, outcome, engine)
  }
  if ('either' in expected) {
    const problems = expected.either.map((way) => mismatch(way, outcome, engine))
    return problems.includes(null) ? null : problems.join(', or ')
  }
  if ('codes' in expected) {
    const got = codeOf(outcome)
    if (expected.codes.some((code) => (code.endsWith('*') ? got?.startsWith(code.slice(0, -1)) : got === code))) return null
    return `expected ${expected.codes.join(' or ')}, got ${show(outcome)}`
  }
  if (outcome.error === undefined && outcome.status === expected.status && outcome.body === expected.body) return null
  return `expected ${expected.status} ${JSON.stringify(expected.body)}, got ${show(outcome)}`
}

export function codeOf({ error }: Outcome): string | undefined {
  if (error === undefined) return undefined
  const { code, name } = error as { code?: unknown; name?: string }
  // A DOMException has a number.
  if (typeof code !== 'string') return name
  // An error of the pool must be one, and not only look like it.
  return code.startsWith('ERR_POOL') && !isPoolError(error) ? `a false ${code}` : code
}

export function show(outcome: Outcome): string {
  if (outcome.body !== undefined) return `${outcome.status} ${JSON.stringify(outcome.body.slice(0, 80))}`
  return `${codeOf(outcome)} "${(outcome.error as Error).message}"`
}
