import type { Library } from '../library.ts'
import { callables } from './callables.ts'
import { read } from './read.ts'
import type { RequestsSettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** requests: an HTTPAdapter of a Session. */
export const requests: Library<RequestsSettings> = { support, callables, read, write }
