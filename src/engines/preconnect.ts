import { insteadOf, kindOf } from '../config/plain-object.ts'
import { PoolClosedError, PoolUnsupportedError } from '../errors.ts'
import type { Core, Member } from '../pool/port.ts'
import { show } from '../text/show.ts'

const example = 'such as "https://api.example.com"'

/** Opens connections ahead of requests. Throws ERR_POOL_UNSUPPORTED for arguments that are none, and ERR_POOL_CLOSED. */
export function preconnect(core: Core, member: Member, url: unknown, count: unknown = 1): Promise<number> {
  const host = readUrl(url)
  const wanted = readCount(count)
  if (member.state !== 'open')
    throw new PoolClosedError(
      'preconnect: the pool is closed, so no connection can be opened: create a new pool, or close it later',
    )
  return core.preconnect(member, host, wanted)
}

function readUrl(given: unknown): URL {
  if (typeof given !== 'string' && !(given instanceof URL))
    throw refused('url, the first argument', given, `pass a URL ${example}`)
  if (!URL.canParse(String(given)))
    throw refused('url, the first argument', given, `it is no URL: pass one with its scheme, ${example}`)
  const url = new URL(given)
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  throw refused('url, the first argument', given, `a pool connects by http and https alone: pass a URL ${example}`)
}

function readCount(given: unknown): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given > 0) return given
  throw refused(
    'count, the second argument',
    given,
    'pass how many idle connections there are to be, a positive integer, or leave it out for 1',
  )
}

function refused(which: string, given: unknown, instead: string): PoolUnsupportedError {
  const value = typeof given === 'object' || typeof given === 'function' ? kindOf(given) : show(given)
  return new PoolUnsupportedError(`${which} of preconnect, is ${value}: ${insteadOf(given, instead)}`)
}
