import type { Dialect } from '../types.ts'
import { read } from './read.ts'
import type { Urllib3Settings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** urllib3: a PoolManager. */
export const urllib3: Dialect<Urllib3Settings> = { name: 'urllib3', support, read, write }
