import type { Library } from '../library.ts'
import { callables } from './callables.ts'
import { read } from './read.ts'
import type { HttpxSettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** httpx: `Limits` and `Timeout` of a Client or AsyncClient. */
export const httpx: Library<HttpxSettings> = { support, callables, read, write }
