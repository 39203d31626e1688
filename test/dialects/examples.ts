import type { DialectName } from '../../src/dialects/index.ts'
import type { Examples } from './example.ts'
import { aiohttp } from './examples/aiohttp.ts'
import { httpx } from './examples/httpx.ts'
import { pycurl } from './examples/pycurl.ts'
import { requests } from './examples/requests.ts'
import { requestx } from './examples/requestx.ts'
import { sqlalchemy } from './examples/sqlalchemy.ts'
import { urllib3 } from './examples/urllib3.ts'

/** Examples of each dialect. */
export const examples: { readonly [D in DialectName]: Examples } = {
  httpx,
  requestx,
  urllib3,
  requests,
  aiohttp,
  pycurl,
  sqlalchemy,
}
