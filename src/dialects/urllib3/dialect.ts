import type { Library } from '../library.ts'
import { callables } from './callables.ts'
import { read } from './read.ts'
import type { Urllib3Settings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** urllib3: a PoolManager. */
export const urllib3: Library<Urllib3Settings> = { support, callables, read, write }
