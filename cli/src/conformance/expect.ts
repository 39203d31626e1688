import { AssertionError } from 'node:assert'
import { isPoolError, type PoolError, type PoolErrorCode } from 'polypool'
import type { Answer } from './clients/types.ts'

/** How a request ended, and how long it took. */
export type Outcome = { readonly ms: number } & (
  | { readonly answer: Answer; readonly error?: undefined }
  | { readonly answer?: undefined; readonly error: unknown }
)

/** Fails with a message that shows the numbers. */
export function check(ok: boolean, message: string): asserts ok {
  if (!ok) throw new AssertionError({ message, stackStartFn: check })
}

export function equal<T>(actual: T, expected: T, what: string): void {
  check(Object.is(actual, expected), `${what}: expected ${show(expected)}, got ${show(actual)}`)
}

/** Compares by content. */
export function same(actual: unknown, expected: unknown, what: string): void {
  check(show(actual) === show(expected), `${what}: expected ${show(expected)}, got ${show(actual)}`)
}

export function between(actual: number, from: number, to: number, what: string): void {
  check(actual >= from && actual <= to, `${what}: expected ${from} to ${round(to)}, got ${round(actual)}`)
}

export function atMost(actual: number, limit: number, what: string): void {
  check(actual <= limit, `${what}: expected at most ${round(limit)}, got ${round(actual)}`)
}

export function atLeast(actual: number, limit: number, what: string): void {
  check(actual >= limit, `${what}: expected at least ${round(limit)}, got ${round(actual)}`)
}

export function succeeded(outcome: Outcome, what: string): Answer {
  check(outcome.answer !== undefined, `${what}: expected an answer, got after ${round(outcome.ms)} ms ${describe(outcome.error)}`)
  return outcome.answer
}

export function failed(outcome: Outcome, what: string): unknown {
  check(outcome.answer === undefined, `${what}: expected an error, got status ${outcome.answer?.status}`)
  return outcome.error
}

/** It failed with this error of the pool, however the client wrapped it, and the message can be acted on. */
export function failedWith(outcome: Outcome, code: PoolErrorCode, what: string): void {
  const error = failed(outcome, what)
  check(isPoolError(error, code), `${what}: expected ${code}, got ${describe(error)}`)
}

/** The same; gives the pool's own error, which the client may have wrapped. */
export function poolErrorOf(outcome: Outcome, code: PoolErrorCode, what: string): PoolError {
  failedWith(outcome, code, what)
  let own: unknown
  for (let error: unknown = outcome.error; error instanceof Error; error = error.cause) if (isPoolError(error, code)) own = error
  return own as PoolError
}

/** It failed, but not by the pool. */
export function failedByItself(outcome: Outcome, what: string): void {
  const error = failed(outcome, what)
  check(!isPoolError(error), `${what}: expected an error of the network or the client, got ${describe(error)}`)
}

/** A synchronous call that must throw this error of the pool. */
export function throwsPoolError(code: PoolErrorCode, what: string, call: () => unknown): void {
  let error: unknown
  try {
    call()
  } catch (thrown) {
    error = thrown
  }
  check(error !== undefined, `${what}: expected ${code}, nothing was thrown`)
  check(isPoolError(error, code), `${what}: expected ${code}, got ${describe(error)}`)
}

/** An error with its code and what caused it, in one line. */
export function describe(error: unknown): string {
  const parts: string[] = []
  for (let current = error; current !== undefined && current !== null && parts.length < 4; ) {
    const { name, code, message, cause } = current as { name?: string; code?: string; message?: string; cause?: unknown }
    parts.push(current instanceof Error ? `${name} ${code ?? ''} "${message}"`.replace('  ', ' ') : String(current))
    current = cause
  }
  return parts.join(' <- ')
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function round(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : value
}
