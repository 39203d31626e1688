import { parsePoolConfig } from '../../config/parse.ts'
import { defaultOf } from '../defaults.ts'
import type { Dialect } from '../types.ts'
import { readHttpx } from './read.ts'
import type { HttpxSettings } from './settings.ts'
import { support } from './support.ts'
import { writeHttpx } from './write.ts'

const read: Dialect<HttpxSettings>['read'] = (settings, options) => readHttpx(support, settings, options)

/** httpx: `Limits` and `Timeout` of a Client or AsyncClient. */
export const httpx: Dialect<HttpxSettings> = {
  name: 'httpx',
  support,
  read,
  write: (config) =>
    writeHttpx({ name: 'httpx', support, read, limits: defaultOf('httpx', 'limits'), forever: null }, parsePoolConfig(config)),
}
