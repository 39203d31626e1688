import type { Library } from '../library.ts'
import { callables } from './callables.ts'
import { read } from './read.ts'
import type { PycurlSettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** pycurl: the options of a multi handle and of its easy handles. */
export const pycurl: Library<PycurlSettings> = { support, callables, read, write }
