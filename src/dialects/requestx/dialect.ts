import type { HttpxSettings } from '../httpx/settings.ts'
import type { Library } from '../library.ts'
import { callables } from './callables.ts'
import { read } from './read.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** requestx, which has httpx's names. */
export const requestx: Library<HttpxSettings> = { support, callables, read, write }
