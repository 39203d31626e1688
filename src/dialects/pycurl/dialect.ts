import type { Dialect } from '../types.ts'
import { read } from './read.ts'
import type { PycurlSettings } from './settings.ts'
import { support } from './support.ts'
import { write } from './write.ts'

/** pycurl: the options of a multi handle and of its easy handles. */
export const pycurl: Dialect<PycurlSettings> = { name: 'pycurl', support, read, write }
