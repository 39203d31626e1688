import type { Dialect } from '../types.ts'
import { read } from './read.ts'
import type { RequestsSettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** requests: an HTTPAdapter of a Session. */
export const requests: Dialect<RequestsSettings> = { name: 'requests', support, read, write }
