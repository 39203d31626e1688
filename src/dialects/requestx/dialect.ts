import { parsePoolConfig } from '../../config/parse.ts'
import { defaultOf } from '../defaults.ts'
import { tenYears } from '../demands.ts'
import type { HttpxSettings } from '../httpx/settings.ts'
import { writeHttpx } from '../httpx/write.ts'
import type { Dialect } from '../types.ts'
import { read } from './read.ts'
import { support } from './support.ts'

/** requestx, which has httpx's names. */
export const requestx: Dialect<HttpxSettings> = {
  name: 'requestx',
  support,
  read,
  write: (config) => {
    const flavour = { name: 'requestx', support, read, limits: defaultOf('requestx', 'limits'), forever: tenYears } as const
    return writeHttpx(flavour, parsePoolConfig(config))
  },
}
